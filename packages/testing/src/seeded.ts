/** Random numbers that a failed test can reproduce. */

import { onTestFailed } from "vitest";

export interface Random {
  /** Returns a whole number from 0 to below `limit`. */
  below(limit: number): number;
}

/** Creates a random generator for one test. It prints its seed when the test fails. Set `AWAITMQ_SEED` to repeat a run. */
export function seeded(): Random {
  const seed = Number(process.env.AWAITMQ_SEED ?? Math.floor(Math.random() * 2 ** 32));
  onTestFailed(() => console.error(`AWAITMQ_SEED=${seed} repeats the random choices of this test`));
  // mulberry32
  let state = seed;
  return {
    below(limit) {
      state = (state + 0x6d2b79f5) | 0;
      let bits = Math.imul(state ^ (state >>> 15), 1 | state);
      bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
      return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * limit);
    },
  };
}
