/**
 * Counts primes on all cores, in worker threads. One thread crashes in the middle of a task: the pool starts another, the task is done all the
 * same, and the main thread stays free meanwhile.
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
await pool.close(); // the last task may be done before this thread hears of the crash

const counts = results.map(Number);
assert.deepEqual([counts[0], counts[5], counts.at(-1)], [2_262, 4_675, 19_213]); // primes below 20 000, 45 000, 215 000
assert.equal(pool.crashes, 1);
assert.ok(ticks > 0);
console.log(
  `${limits.length} tasks on ${size} threads, ${pool.crashes} of which crashed; the main thread ticked meanwhile`,
);
