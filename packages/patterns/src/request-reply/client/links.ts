/** The links of a client, one per server: which one takes the next request, and when they rest. */

import { AddressError, type HandshakeError } from "@awaitmq/core";
import { Link } from "./link.ts";
import type { LinkOwner } from "./link-owner.ts";
import type { ServerStatus } from "./server-status.ts";

/** Milliseconds without a call before the links rest. */
const restAfter = 100;
/**
 * Milliseconds from the first call that all servers have to connect, before connected ones get more than their share.
 */
const gathering = 50;

export class Links {
  /** Links that take requests. */
  readonly #links: Link[] = [];
  /** Links that are being left and still have requests in flight. */
  readonly #leaving = new Map<Link, Promise<void>>();
  readonly #socket: object;
  readonly #client: number;
  readonly #owner: LinkOwner<Link>;
  readonly #isIdle: () => boolean;
  #next = 0;
  /** Whether all servers have connected, or had time to. */
  #isGathered = false;
  /** Undefined at rest. */
  #timer: NodeJS.Timeout | undefined;
  /** Whether there was a call since the last check. */
  #isUsed = false;

  /** @param isIdle whether nothing waits for a link or a reply */
  constructor(socket: object, client: number, owner: LinkOwner<Link>, isIdle: () => boolean) {
    this.#socket = socket;
    this.#client = client;
    this.#owner = owner;
    this.#isIdle = isIdle;
  }

  /** Whether it is known that no link takes requests now. At rest, that takes a turn of the event loop. */
  get areDown(): boolean {
    return this.#links.every(({ isUp, connection }) => !isUp && connection.isAwake);
  }

  /** Whether a link was up when last seen, and will be known to be up within a turn of the event loop. */
  get areWaking(): boolean {
    return this.#links.some(({ connection }) => connection.wasUp && !connection.isAwake);
  }

  get count(): number {
    return this.#links.length;
  }

  /** How many links take requests now. */
  get countUp(): number {
    return this.#links.filter(({ isUp }) => isUp).length;
  }

  get status(): ServerStatus[] {
    return [...this.#links, ...this.#leaving.keys()].map(({ endpoint, state, inFlight }) => ({
      endpoint,
      state,
      inFlight,
    }));
  }

  /** The links that take requests, for errors. */
  get all(): readonly Link[] {
    return this.#links;
  }

  /** Why servers refuse this client, if at least this many do. */
  refusal(least: number): HandshakeError | undefined {
    const refusals = this.#links
      .map(({ connection }) => connection.report.refusal)
      .filter((each) => each !== undefined);
    return refusals.length >= Math.max(1, least) ? refusals[0] : undefined;
  }

  /**
   * Does nothing for an endpoint that it already has. @throws AddressError, and what a Dealer throws for its options
   */
  connect(endpoint: string): void {
    if (this.#links.some((link) => link.endpoint === endpoint)) return;
    const link = new Link(endpoint, this.#socket, this.#client, this.#owner);
    this.#links.push(link);
    if (this.#timer !== undefined) this.#wake([link]);
  }

  /** @throws AddressError */
  async disconnect(endpoint: string): Promise<void> {
    const index = this.#links.findIndex((link) => link.endpoint === endpoint);
    const [link] = index < 0 ? [] : this.#links.splice(index, 1);
    if (link === undefined) throw unknownServer(endpoint, this.#links);
    const left = link.leave();
    this.#leaving.set(link, left);
    this.#owner.closed();
    await left.finally(() => this.#leaving.delete(link));
  }

  /** Call this for each call. The process then stays alive until all calls have settled and a moment has passed. */
  use(): void {
    this.#isUsed = true;
    if (this.#timer !== undefined) return;
    if (!this.#isGathered) setTimeout(() => this.#gathered(), gathering).unref();
    this.#wake(this.#links);
    this.#timer = setInterval(() => {
      if (!this.#isUsed && this.#isIdle()) this.#rest();
      this.#isUsed = false;
    }, restAfter);
  }

  /**
   * The connected link with the fewest requests in flight; preferably not one to avoid, nor above all the last one, which
   * has the request already. While servers are still connecting, each gets only its share of the load.
   *
   * @param load calls in flight or waiting
   */
  choose(last: Link | undefined, load: number): Link | undefined {
    if (this.#links.length <= 1) return this.#links[0]?.isUp ? this.#links[0] : undefined;
    const now = performance.now();
    let best: Link | undefined;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.#links.length; index++) {
      const link = this.#links[(this.#next + index) % this.#links.length] as Link;
      if (!link.isUp) continue;
      const cost = link.inFlight + (link === last ? 1e12 : 0) + (link.avoidUntil > now ? 1e9 : 0);
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

  #wake(links: readonly Link[]): void {
    for (const { connection } of links) connection.wake();
    const waking = [...links];
    // All at once, because otherwise the first would get all waiting calls.
    setImmediate(() => {
      for (const { connection } of waking) connection.wakeUp();
      this.#tell();
    });
  }

  #gathered(): void {
    this.#isGathered = true;
    this.#tell();
  }

  #tell(): void {
    if (this.countUp > 0) this.#owner.opened();
    else this.#owner.closed();
  }

  async close(): Promise<void> {
    this.#rest();
    await Promise.all([...this.#links.map((link) => link.close()), ...this.#leaving.values()]);
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const { connection } of this.#links) connection.rest();
  }
}

function unknownServer(endpoint: string, links: readonly Link[]): AddressError {
  const known = links.length === 0 ? "It has none" : `It has ${links.map((link) => link.endpoint).join(", ")}`;
  return new AddressError(
    `Cannot disconnect from ${endpoint}: this client has no such server. ${known}`,
    "ERR_ADDRESS_UNAVAILABLE",
    endpoint,
  );
}
