/** Streams that were left while their servers may still work on them. */

import { longestTimer, TransientMap } from "@awaitmq/core/internals";
import type { Attempt } from "./call.ts";
import type { Link } from "./link.ts";

interface Left {
  readonly attempt: Attempt;
  readonly isHeld: boolean;
  readonly finish: () => void;
}

export class Leaving {
  readonly #left = new TransientMap<number, Left>();
  readonly #ended: () => void;
  /** How many of them count towards `maxInFlight`. */
  held = 0;

  /** @param ended called whenever one is over */
  constructor(ended: () => void) {
    this.#ended = ended;
  }

  get size(): number {
    return this.#left.size;
  }

  /**
   * Resolves when the server has finished, or after `grace` milliseconds.
   *
   * @param isHeld whether it counts towards `maxInFlight` until then
   */
  add(attempt: Attempt, grace: number, isHeld: boolean): Promise<void> {
    if (isHeld) this.held += 1;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#finish(attempt.request), Math.min(grace, longestTimer)).unref();
      const finish = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#left.set(attempt.request, { attempt, isHeld, finish });
    });
  }

  /** A message came. Returns whether it belongs to a stream that was left. */
  heard(link: Link, request: number, isFinal: boolean): boolean {
    const attempt = this.#left.get(request)?.attempt;
    if (attempt?.link !== link) return false;
    if (isFinal) this.#finish(request);
    else link.accepted(attempt);
    return true;
  }

  /** Requests that left by this session of a link, or an earlier one, get no answer. */
  lost(link: Link, session: number): void {
    for (const { attempt } of this.#left.values())
      if (attempt.link === link && attempt.session <= session) this.#finish(attempt.request);
  }

  /** The open of a stream was never sent. */
  unsent(request: number): void {
    this.#finish(request);
  }

  clear(): void {
    for (const request of this.#left.keys()) this.#finish(request);
  }

  #finish(request: number): void {
    const left = this.#left.get(request);
    if (left === undefined) return;
    this.#left.delete(request);
    if (left.isHeld) this.held -= 1;
    left.finish();
    this.#ended();
  }
}
