/** Fails a test that leaves more open than it found. */

import { inspect } from "node:util";
import { eventually } from "./eventually.ts";

export interface TrackLeaksOptions {
  /** Milliseconds that asynchronous closes may still take at the end. @default 2_000 */
  readonly timeout?: number;
}

export interface LeakTracker extends AsyncDisposable {
  /** Rejects, naming what is left, when something opened since the start stays open. */
  check(): Promise<void>;
}

/**
 * Remembers what `listOpen` lists now; the end of the scope, or `check`, compares.
 *
 * ```ts
 * await using _ = trackLeaks(() => openSockets());          // one test
 *
 * beforeEach(() => {                                        // every test of a file
 *   const leaks = trackLeaks(() => openSockets());
 *   return () => leaks.check();
 * });
 * ```
 */
export function trackLeaks(listOpen: () => Iterable<object>, { timeout = 2_000 }: TrackLeaksOptions = {}): LeakTracker {
  const before = new Set(listOpen());

  async function check(): Promise<void> {
    const left = () => [...listOpen()].filter((resource) => !before.has(resource));
    await eventually(() => left().length === 0, { timeout }).catch(() => {
      const leaked = left();
      if (leaked.length === 0) return;
      const names = leaked.slice(0, 10).map((resource) => inspect(resource, { depth: 0, breakLength: Infinity }));
      throw new Error(`${leaked.length} left open: ${names.join(", ")}${leaked.length > 10 ? ", ..." : ""}`);
    });
  }

  return { check, [Symbol.asyncDispose]: check };
}
