/**
 * A thread of the pool: counts primes, which takes some time. One task crashes
 * the first thread that gets it.
 */

import { existsSync, writeFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { serveBalanced } from "@awaitmq/patterns";

const worker = serveBalanced(workerData.broker, ([request]) => {
  const { limit, crash } = JSON.parse(String(request)) as { limit: number; crash?: string };
  if (crash !== undefined && !existsSync(crash)) {
    writeFileSync(crash, "once is enough");
    setImmediate(() => {
      throw new Error("This thread crashes, with a task in its hands");
    });
    return new Promise<never>(() => {});
  }
  return String(countPrimes(limit));
});
parentPort?.once("message", () => void worker.stop()); // then the thread ends
await worker.done;

function countPrimes(limit: number): number {
  let count = 0;
  for (let candidate = 2; candidate < limit; candidate++) {
    let divisor = 2;
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor++;
    if (divisor * divisor > candidate) count++;
  }
  return count;
}
