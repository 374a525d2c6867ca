/** The requests that a server has not answered yet, by peer. */

import { TransientMap, toKey } from "@awaitmq/core/internals";
import { type Job, requestKeyOf } from "./job.ts";

export class Jobs {
  readonly #peers = new TransientMap<string, TransientMap<string | object, Job>>();
  /** Requests per client behind a proxy. */
  readonly #clients = new TransientMap<string, number>();
  #size = 0;
  #emptied: (() => void) | undefined;

  get size(): number {
    return this.#size;
  }

  *[Symbol.iterator](): Iterator<Job> {
    for (const jobs of this.#peers.values()) yield* jobs.values();
  }

  /** How many requests the peer of a job has. A proxy counts with all its clients. */
  countOfPeer({ peerKey }: Job): number {
    return this.#peers.get(peerKey)?.size ?? 0;
  }

  /** How many requests the client of a job has, directly or behind a proxy. */
  countOfClient(job: Job): number {
    return job.clientKey === undefined ? this.countOfPeer(job) : (this.#clients.get(job.clientKey) ?? 0);
  }

  /** False if its peer already has a request with that key. */
  add(job: Job): boolean {
    let jobs = this.#peers.get(job.peerKey);
    if (jobs === undefined) {
      jobs = new TransientMap();
      this.#peers.set(job.peerKey, jobs);
    }
    if (jobs.has(job.key)) return false;
    jobs.set(job.key, job);
    this.#count(job, 1);
    this.#size += 1;
    return true;
  }

  /** The request with this route, and with the correlation id of this header. */
  find(route: readonly Buffer[], header: Buffer): Job | undefined {
    return this.#peers.get(toKey(route[0] as Buffer))?.get(requestKeyOf(route, header));
  }

  remove(job: Job): void {
    const jobs = this.#peers.get(job.peerKey);
    if (jobs?.get(job.key) !== job) return;
    jobs.delete(job.key);
    if (jobs.size === 0) this.#peers.delete(job.peerKey);
    this.#count(job, -1);
    this.#size -= 1;
    if (this.#size === 0) this.#emptied?.();
  }

  /** The peer has disconnected. */
  giveUp(peer: Buffer, reason: unknown): void {
    for (const job of this.#peers.get(toKey(peer))?.values() ?? []) job.giveUp(reason);
  }

  /** Resolves when there are none. */
  async empty(): Promise<void> {
    if (this.#size === 0) return;
    await new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
    this.#emptied = undefined;
  }

  #count({ clientKey }: Job, change: number): void {
    if (clientKey === undefined) return;
    const count = (this.#clients.get(clientKey) ?? 0) + change;
    if (count === 0) this.#clients.delete(clientKey);
    else this.#clients.set(clientKey, count);
  }
}
