/** A queue by priority, then by order of arrival: the `queueClass` for p-queue. */

import { UnsupportedError } from "@awaitmq/core";

/** Items of one priority, oldest first. Those before `next` have left. */
interface Tier<T> {
  readonly priority: number;
  readonly items: (T | undefined)[];
  next: number;
}

/** How many items may have left before a tier is shortened. */
const mostLeft = 1_000;

/** Takes constant time per item while there are few priorities. */
export class Tiers<T> {
  /** Tiers that have items, highest priority first. */
  readonly #tiers: Tier<T>[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: T, priority: number): void {
    const first = this.#tiers[0];
    const tier = first?.priority === priority ? first : this.#tier(priority);
    tier.items.push(item);
    this.#size += 1;
  }

  /** The same as `push`, for p-queue. */
  enqueue(item: T, { priority = 0 }: { readonly priority?: number } = {}): void {
    this.push(item, priority);
  }

  /** Takes the oldest item of the highest priority. Undefined if there is none. */
  dequeue(): T | undefined {
    const tier = this.#tiers[0];
    if (tier === undefined) return undefined;
    const item = tier.items[tier.next];
    tier.items[tier.next++] = undefined;
    this.#size -= 1;
    if (tier.next === tier.items.length) this.#tiers.shift();
    else if (tier.next > mostLeft && tier.next * 2 > tier.items.length) {
      tier.items.splice(0, tier.next);
      tier.next = 0;
    }
    return item;
  }

  /** Takes all items in order, each with its priority. */
  drain(take: (item: T, priority: number) => void): void {
    for (const { priority, items, next } of this.#tiers.splice(0))
      for (const item of items.slice(next)) take(item as T, priority);
    this.#size = 0;
  }

  /** The items of one priority. */
  filter({ priority = 0 }: { readonly priority?: number }): T[] {
    const tier = this.#tiers.find((tier) => tier.priority === priority);
    return tier === undefined ? [] : (tier.items.slice(tier.next) as T[]);
  }

  setPriority(): never {
    throw new UnsupportedError("Cannot change the priority of a queued item");
  }

  #tier(priority: number): Tier<T> {
    const index = this.#tiers.findIndex((tier) => tier.priority <= priority);
    const found = this.#tiers[index];
    if (found?.priority === priority) return found;
    const tier = { priority, items: [], next: 0 };
    this.#tiers.splice(index === -1 ? this.#tiers.length : index, 0, tier);
    return tier;
  }
}
