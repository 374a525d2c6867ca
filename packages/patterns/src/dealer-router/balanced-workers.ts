/** The workers of a broker: who holds what, and whose turn it is. */

import type { BalancedRequest } from "./balance-protocol.ts";

export interface BalancedWorker {
  readonly id: Buffer;
  /** How many requests it may hold. */
  credit: number;
  /** What it was sent and has not answered, oldest first, by tag. */
  readonly held: Map<string, BalancedRequest>;
  /** Whether a request is on its way into the worker's queue. */
  sending: boolean;
}

export class BalancedWorkers {
  readonly #known = new Map<string, BalancedWorker>();
  /** Those that may be given a request, the one that has waited longest first. */
  readonly #ready = new Set<BalancedWorker>();

  get(id: Buffer): BalancedWorker | undefined {
    return this.#known.get(id.toString("latin1"));
  }

  /** A worker says how much it may hold; said again, the last word counts. */
  announce(id: Buffer, credit: number): void {
    let worker = this.get(id);
    if (worker === undefined) {
      worker = { id, credit, held: new Map(), sending: false };
      this.#known.set(id.toString("latin1"), worker);
    }
    worker.credit = credit;
    this.review(worker);
  }

  /** Lets a worker stand in line if it may be given a request and does not stand there yet, or step out of it. */
  review(worker: BalancedWorker): void {
    const isReady = worker.held.size < worker.credit && !worker.sending && this.get(worker.id) === worker;
    if (isReady) this.#ready.add(worker);
    else this.#ready.delete(worker);
  }

  /** The next worker, which leaves the line until the next review. */
  next(): BalancedWorker | undefined {
    const [worker] = this.#ready;
    if (worker !== undefined) this.#ready.delete(worker);
    return worker;
  }

  /** Forgets a worker and gives back what it held. */
  remove(worker: BalancedWorker): BalancedRequest[] {
    this.#known.delete(worker.id.toString("latin1"));
    this.#ready.delete(worker);
    return [...worker.held.values()];
  }

  /** All that is not answered, oldest first. */
  get held(): BalancedRequest[] {
    const entries = [...this.#known.values()].flatMap(({ held }) => [...held]);
    return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, request]) => request);
  }
}
