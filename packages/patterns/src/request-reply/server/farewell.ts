/**
 * How a server takes leave of its clients, so that no request is lost on its way: it says goodbye to each, which answers behind its last
 * request and asks elsewhere from then on.
 */

import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { Done } from "./replies.ts";

/** Milliseconds that a client has for its answer: a program that does not look at its messages for so long is not waited for. */
const patience = 1_000;
/** Milliseconds without a request after which no more are expected of those that can't be told: who never asked before, and plain clients. */
const quiet = 50;
/** Clients that are remembered, at most: where libzmq does not tell that a peer went, they only become more. */
const mostClients = 100_000;

/** Sends a goodbye to the client with this routing id, whose request had this header. */
type Tell = (peer: Buffer, header: Buffer, done: Done) => void;

export class Farewell {
  readonly #tell: Tell;
  /** By routing id. */
  readonly #clients = new Map<string, { readonly peer: Buffer; readonly header: Buffer }>();
  /** Those that have not answered; undefined before it begins. */
  #awaited: Set<string> | undefined;
  #answered: (() => void) | undefined;
  #arrivals = 0;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** A client, with no proxy between, has asked what it is connected to. */
  meet(key: string, peer: Buffer, header: Buffer): void {
    if (this.#clients.size >= mostClients) this.forget(this.#clients.keys().next().value as string);
    this.#clients.set(key, { peer, header: Buffer.from(header) });
    if (this.#awaited?.has(key) === false) this.#bid(key);
  }

  /** A request has come. */
  hear(): void {
    this.#arrivals += 1;
  }

  /** The client answers: it sends no more. */
  answered(key: string): void {
    if (this.#awaited?.delete(key) && this.#awaited.size === 0) this.#answered?.();
  }

  /** The client is gone. */
  forget(key: string): void {
    this.#clients.delete(key);
    this.answered(key);
  }

  /** Nobody can be told any more. */
  giveUp(): void {
    for (const key of this.#clients.keys()) this.forget(key);
  }

  /** Resolves when no more requests are on their way. What comes meanwhile must be read, and refused. */
  async take(): Promise<void> {
    const end = performance.now() + patience;
    this.#awaited = new Set();
    for (const key of this.#clients.keys()) this.#bid(key);
    if (this.#awaited.size > 0) await this.#answers();
    for (let before = -1; before < this.#arrivals && performance.now() < end; ) {
      before = this.#arrivals;
      await sleep(quiet);
      await nextTurn(); // in which what came meanwhile was read
    }
  }

  #bid(key: string): void {
    const client = this.#clients.get(key);
    if (client === undefined) return;
    this.#awaited?.add(key);
    this.#tell(client.peer, client.header, (error) => {
      if (error !== undefined) this.forget(key);
    });
  }

  async #answers(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patience);
      this.#answered = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
