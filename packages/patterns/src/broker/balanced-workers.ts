/** The workers of a broker: who holds what, and whose turn it is. */

import { type Link, Queue, TransientMap, toKey } from "@awaitmq/core/internals";
import type { BalancedRequest } from "./protocol.ts";

export interface BalancedWorker extends Link<BalancedWorker> {
  readonly id: Buffer;
  /** How many requests it may hold. */
  credit: number;
  /** What it was sent and has not answered, oldest first, by tag. */
  readonly held: TransientMap<string, BalancedRequest>;
  /** Whether a request is on its way into the worker's queue. */
  sending: boolean;
  /** Where it stands, if it may be given a request. */
  line: Queue<BalancedWorker> | undefined;
}

export class BalancedWorkers {
  readonly #known = new Map<string, BalancedWorker>();
  /**
   * Those that may be given a request, by how many they hold: one that takes everything and answers nothing comes last. Of those that
   * hold as many, the one that has waited longest comes first.
   */
  readonly #lines: Queue<BalancedWorker>[] = [];
  /** No line before this one has anybody in it. */
  #shortest = 0;

  get(id: Buffer): BalancedWorker | undefined {
    return this.#known.get(toKey(id));
  }

  /** A worker says how much it may hold; said again, the last word counts. */
  announce(id: Buffer, credit: number): void {
    let worker = this.get(id);
    if (worker === undefined) {
      worker = { id, credit, held: new TransientMap(), sending: false, line: undefined };
      this.#known.set(toKey(id), worker);
    }
    worker.credit = credit;
    this.review(worker);
  }

  /** Lets a worker stand in line if it may be given a request and does not stand there yet, or step out of it. */
  review(worker: BalancedWorker): void {
    const isReady = worker.held.size < worker.credit && !worker.sending && this.get(worker.id) === worker;
    const line = isReady ? this.#line(worker.held.size) : undefined;
    if (line === worker.line) return;
    this.#leaveLine(worker);
    line?.push(worker);
    worker.line = line;
  }

  /** The next worker, which leaves the line until the next review. */
  next(): BalancedWorker | undefined {
    for (; this.#shortest < this.#lines.length; this.#shortest++) {
      const worker = this.#lines[this.#shortest]?.first;
      if (worker === undefined) continue;
      this.#leaveLine(worker);
      return worker;
    }
    return undefined;
  }

  /** Forgets a worker and gives back what it held. */
  remove(worker: BalancedWorker): readonly BalancedRequest[] {
    this.#known.delete(toKey(worker.id));
    this.#leaveLine(worker);
    return worker.held.values();
  }

  /** How many requests they hold. */
  get holding(): number {
    let sum = 0;
    for (const { held } of this.#known.values()) sum += held.size;
    return sum;
  }

  /** Forgets all workers and gives back what they held, oldest first. */
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
