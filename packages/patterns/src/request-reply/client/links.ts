/** The links of a client, one for each server: which of them takes the next request, and when they may rest. */

import { Link, type LinkOwner } from "./link.ts";

/** Milliseconds without a call after which the links go to rest. */
const restAfter = 100;
/** Milliseconds from the first call that all servers have to be there, before those that are take more than their share. */
const gathering = 50;

export class Links {
  readonly #links: readonly Link[];
  readonly #owner: LinkOwner;
  readonly #isIdle: () => boolean;
  #next = 0;
  /** Whether all servers have been there, or had their time for it. */
  #isGathered = false;
  /** Absent at rest. */
  #timer: NodeJS.Timeout | undefined;
  /** Whether there was a call since the last look. */
  #isUsed = false;

  /**
   * @param isIdle whether no call waits for a link or a reply
   * @throws AddressError
   */
  constructor(endpoints: readonly string[], socket: object, client: number, owner: LinkOwner, isIdle: () => boolean) {
    const links: Link[] = [];
    try {
      for (const endpoint of endpoints) links.push(new Link(endpoint, socket, client, owner));
    } catch (error) {
      for (const link of links) void link.close();
      throw error;
    }
    this.#links = links;
    this.#owner = owner;
    this.#isIdle = isIdle;
  }

  /** Whether one of them was up at last, and will be known to be in a turn of the event loop. */
  get areWaking(): boolean {
    return this.#links.some(({ connection }) => connection.wasUp && !connection.isAwake);
  }

  get count(): number {
    return this.#links.length;
  }

  /** Why the last handshake of one of them failed. */
  get handshakeError(): Error | undefined {
    return this.#links.map(({ connection }) => connection.handshakeError).find((error) => error !== undefined);
  }

  /** To be called for each call: from then on the process stays alive, until all calls have settled and a moment has passed. */
  use(): void {
    this.#isUsed = true;
    if (this.#timer !== undefined) return;
    if (!this.#isGathered) setTimeout(() => this.#gathered(), gathering).unref();
    for (const { connection } of this.#links) connection.wake();
    // All at once: the first would have all calls that wait.
    setImmediate(() => {
      for (const { connection } of this.#links) connection.wakeUp();
      this.#tellOpened();
    });
    this.#timer = setInterval(() => {
      if (!this.#isUsed && this.#isIdle()) this.#rest();
      this.#isUsed = false;
    }, restAfter);
  }

  /**
   * The link that stands and has the fewest in flight; rather not the one given, nor one to avoid. While servers are still coming each is
   * given its share of the load and no more.
   *
   * @param load calls that are with the servers or wait
   */
  choose(last: Link | undefined, load: number): Link | undefined {
    if (this.#links.length === 1) return this.#links[0]?.isUp ? this.#links[0] : undefined;
    const now = performance.now();
    let best: Link | undefined;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.#links.length; index++) {
      const link = this.#links[(this.#next + index) % this.#links.length] as Link;
      if (!link.isUp) continue;
      const cost = link.inFlight + (link === last ? 1e6 : 0) + (link.avoidUntil > now ? 1e9 : 0);
      if (cost < bestCost) {
        best = link;
        bestCost = cost;
      }
    }
    this.#next = (this.#next + 1) % this.#links.length;
    if (!this.#isGathered && best !== undefined) {
      this.#isGathered = this.#links.every(({ connection }) => connection.session > 0);
      if (!this.#isGathered && best.inFlight >= Math.ceil(load / this.#links.length)) return undefined;
    }
    return best;
  }

  #gathered(): void {
    this.#isGathered = true;
    this.#tellOpened();
  }

  #tellOpened(): void {
    if (this.#links.some(({ isUp }) => isUp)) this.#owner.opened();
  }

  async close(): Promise<void> {
    this.#rest();
    await Promise.all(this.#links.map((link) => link.close()));
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const { connection } of this.#links) connection.rest();
  }
}
