/**
 * How a server says goodbye to its clients, so that no request is lost in flight. Each client answers after its last
 * request, and sends later requests to other servers.
 */

import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { Done } from "./replies.ts";

/** Milliseconds that a client has to answer. A program that does not read messages for that long is not waited for. */
const patience = 1_000;
/**
 * Milliseconds without a request before none is expected of clients that cannot be notified: new clients, and plain ones.
 */
const quiet = 50;
/** The most clients to remember: if libzmq does not report disconnects, their number only grows. */
const mostClients = 100_000;

/** Sends a goodbye to the client with this routing id. Its request had this header. */
type Tell = (peer: Buffer, header: Buffer, done: Done) => void;

export class Farewell {
  readonly #tell: Tell;
  /** Clients by routing id. */
  readonly #clients = new Map<string, { readonly peer: Buffer; readonly header: Buffer }>();
  /** Clients that have not answered. Undefined before the farewell. */
  #awaited: Set<string> | undefined;
  #answered: (() => void) | undefined;
  #arrivals = 0;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** A directly connected client asks what it is connected to. */
  meet(key: string, peer: Buffer, header: Buffer): void {
    if (this.#clients.size >= mostClients) this.forget(this.#clients.keys().next().value as string);
    this.#clients.set(key, { peer, header: Buffer.from(header) });
    if (this.#awaited?.has(key) === false) this.#bid(key);
  }

  /** A request arrives. */
  hear(): void {
    this.#arrivals += 1;
  }

  /** The client has answered, and sends no more. */
  answered(key: string): void {
    if (this.#awaited?.delete(key) && this.#awaited.size === 0) this.#answered?.();
  }

  /** The client has disconnected. */
  forget(key: string): void {
    this.#clients.delete(key);
    this.answered(key);
  }

  /** The socket is gone, so nobody can be notified. */
  giveUp(): void {
    for (const key of this.#clients.keys()) this.forget(key);
  }

  /** Resolves when no more requests are in flight. Until then, arriving requests must be read and refused. */
  async take(): Promise<void> {
    const end = performance.now() + patience;
    this.#awaited = new Set();
    for (const key of this.#clients.keys()) this.#bid(key);
    if (this.#awaited.size > 0) await this.#answers();
    for (let before = -1; before < this.#arrivals && performance.now() < end; ) {
      before = this.#arrivals;
      await sleep(quiet);
      await nextTurn(); // requests that arrived meanwhile are read first
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
