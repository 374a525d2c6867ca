/** A thread of the pool: counts primes, which takes a while. One task makes the first thread that gets it crash. */

import { existsSync, writeFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { Dealer } from "@awaitmq/core";
import { serveBalanced } from "@awaitmq/patterns";

const dealer = new Dealer();
dealer.connect(workerData.broker);
parentPort?.once("message", () => void dealer.close()); // ends serveBalanced, and so the thread

await serveBalanced(dealer, ([request]) => {
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

function countPrimes(limit: number): number {
  let count = 0;
  for (let candidate = 2; candidate < limit; candidate++) {
    let divisor = 2;
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor++;
    if (divisor * divisor > candidate) count++;
  }
  return count;
}
