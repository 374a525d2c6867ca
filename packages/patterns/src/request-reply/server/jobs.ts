/** The requests that a server has not answered yet, by peer. */

import { type Job, keyOf } from "./job.ts";

export class Jobs {
  readonly #peers = new Map<string, Map<string | object, Job>>();
  #size = 0;
  #emptied: (() => void) | undefined;

  get size(): number {
    return this.#size;
  }

  *[Symbol.iterator](): Iterator<Job> {
    for (const jobs of this.#peers.values()) yield* jobs.values();
  }

  /** How many the peer of a job has. */
  countBeside({ peerKey }: Job): number {
    return this.#peers.get(peerKey)?.size ?? 0;
  }

  /** False if its peer has one of that name already. */
  add(job: Job): boolean {
    let jobs = this.#peers.get(job.peerKey);
    if (jobs === undefined) {
      jobs = new Map();
      this.#peers.set(job.peerKey, jobs);
    }
    if (jobs.has(job.key)) return false;
    jobs.set(job.key, job);
    this.#size += 1;
    return true;
  }

  find(peer: Buffer, key: string): Job | undefined {
    return this.#peers.get(keyOf(peer))?.get(key);
  }

  remove(job: Job): void {
    const jobs = this.#peers.get(job.peerKey);
    if (jobs?.get(job.key) !== job) return;
    jobs.delete(job.key);
    if (jobs.size === 0) this.#peers.delete(job.peerKey);
    this.#size -= 1;
    if (this.#size === 0) this.#emptied?.();
  }

  /** The peer is gone. */
  giveUp(peer: Buffer, reason: unknown): void {
    for (const job of this.#peers.get(keyOf(peer))?.values() ?? []) job.giveUp(reason);
  }

  /** Resolves when there is none. */
  async empty(): Promise<void> {
    if (this.#size === 0) return;
    await new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
    this.#emptied = undefined;
  }
}
