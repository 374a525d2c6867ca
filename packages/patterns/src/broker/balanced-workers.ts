/** The workers of a broker: which requests each holds, and which worker is next. */

import { type Link, Queue, TransientMap, toKey } from "@awaitmq/core/internals";
import type { BalancedRequest } from "./protocol.ts";

export interface BalancedWorker extends Link<BalancedWorker> {
  readonly id: Buffer;
  /** How many requests it may hold. */
  credit: number;
  /** Requests sent to it and not answered, by tag, oldest first. */
  readonly held: TransientMap<string, BalancedRequest>;
  /** Whether a request is being put into the worker's queue. */
  sending: boolean;
  /** Its line, if it may get a request. */
  line: Queue<BalancedWorker> | undefined;
}

export class BalancedWorkers {
  readonly #known = new Map<string, BalancedWorker>();
  /**
   * Workers that may get a request, by how many they hold. So a worker that takes everything and answers nothing comes
   * last. Within a line, the worker that has waited longest comes first.
   */
  readonly #lines: Queue<BalancedWorker>[] = [];
  /** All lines before this one are empty. */
  #shortest = 0;

  get(id: Buffer): BalancedWorker | undefined {
    return this.#known.get(toKey(id));
  }

  /** A worker says how many requests it may hold. A later announcement replaces it. */
  announce(id: Buffer, credit: number): void {
    let worker = this.get(id);
    if (worker === undefined) {
      worker = { id, credit, held: new TransientMap(), sending: false, line: undefined };
      this.#known.set(toKey(id), worker);
    }
    worker.credit = credit;
    this.review(worker);
  }

  /** Moves a worker to the line where it belongs, or out of line if it may not get a request. */
  review(worker: BalancedWorker): void {
    const isReady = worker.held.size < worker.credit && !worker.sending && this.get(worker.id) === worker;
    const line = isReady ? this.#line(worker.held.size) : undefined;
    if (line === worker.line) return;
    this.#leaveLine(worker);
    line?.push(worker);
    worker.line = line;
  }

  /** Returns the next worker, which leaves its line until the next review. */
  next(): BalancedWorker | undefined {
    for (; this.#shortest < this.#lines.length; this.#shortest++) {
      const worker = this.#lines[this.#shortest]?.first;
      if (worker === undefined) continue;
      this.#leaveLine(worker);
      return worker;
    }
    return undefined;
  }

  /** Removes a worker and returns the requests that it held. */
  remove(worker: BalancedWorker): readonly BalancedRequest[] {
    this.#known.delete(toKey(worker.id));
    this.#leaveLine(worker);
    return worker.held.values();
  }

  /** How many requests all workers hold. */
  get holding(): number {
    let sum = 0;
    for (const { held } of this.#known.values()) sum += held.size;
    return sum;
  }

  /** Removes all workers and returns the requests that they held, oldest first. */
  clear(): BalancedRequest[] {
    const entries = [...this.#known.values()].flatMap(({ held }) => held.entries());
    this.#known.clear();
    return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, request]) => request);
  }

  #line(held: number): Queue<BalancedWorker> {
    while (this.#lines.length <= held) this.#lines.push(new Queue());
    this.#shortest = Math.min(this.#shortest, held);
    return this.#lines[held] as Queue<BalancedWorker>;
  }

  #leaveLine(worker: BalancedWorker): void {
    worker.line?.remove(worker);
    worker.line = undefined;
  }
}
