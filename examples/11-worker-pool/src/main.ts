/**
 * Counts primes on all cores, in worker threads. One thread crashes during a
 * task. The pool starts another thread, which does the task. The main thread is
 * never blocked.
 */

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { ThreadPool } from "./thread-pool.ts";

const size = availableParallelism();
const crash = join(tmpdir(), `pool-has-crashed-${process.pid}`);
const limits = Array.from({ length: 40 }, (_, index) => 20_000 + index * 5_000);

let ticks = 0;
const ticking = setInterval(() => ticks++, 5);

const pool = new ThreadPool(new URL("./worker.js", import.meta.url), size);
const results = await Promise.all(
  limits.map((limit, index) => pool.run(JSON.stringify(index === 5 ? { limit, crash } : { limit }))),
);
clearInterval(ticking);
rmSync(crash);
// Close first: the last task may finish before this thread learns of the crash.
await pool.close();

const counts = results.map(Number);
// The primes below 20 000, 45 000 and 215 000.
assert.deepEqual([counts[0], counts[5], counts.at(-1)], [2_262, 4_675, 19_213]);
assert.equal(pool.crashes, 1);
assert.ok(ticks > 0);
console.log(
  `${limits.length} tasks on ${size} threads, ${pool.crashes} of which crashed; the main thread ticked meanwhile`,
);
