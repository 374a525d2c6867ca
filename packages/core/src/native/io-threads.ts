/** libzmq's I/O threads of this process, and how much they have worked: told by Linux alone, and not by all of it. */

import { readdirSync, readFileSync } from "node:fs";

const tasks = "/proc/self/task";
/** As libzmq names them: each names itself, soon after it has begun. */
const name = "ZMQbg/IO/";
/** Milliseconds that it may take them. */
const naming = 2_000;
/** Milliseconds for which a look is good enough where an earlier one would be too. */
const fresh = 3;
const isLinux = process.platform === "linux";

/** The threads of the process, and since when they are all that there are, by `performance.now()`. */
let listed = "";
let listedAt = 0;
let isSettled = false;
/** Those of libzmq among them, and the milliseconds of CPU that each had used when last seen. */
const threads = new Map<string, number>();
/** What those used that have ended. */
let gone = 0;
let lookedAt = Number.NEGATIVE_INFINITY;
let worked: number | undefined;

/** Milliseconds of CPU that they have used, but for the tick of the system that each is in; undefined if there is no telling. */
export function workOfIoThreads(): number | undefined {
  if (!isLinux) return undefined;
  lookedAt = performance.now();
  try {
    worked = look();
  } catch {
    worked = undefined;
  }
  return worked;
}

/** As `workOfIoThreads`, at some time in the last milliseconds: costs less when it is called often. */
export function lateWorkOfIoThreads(): number | undefined {
  return performance.now() - lookedAt < fresh ? worked : workOfIoThreads();
}

function look(): number | undefined {
  const all = readdirSync(tasks);
  find(all);
  let sum = gone;
  for (const [thread, before] of threads) {
    if (!all.includes(thread)) {
      gone += before;
      threads.delete(thread);
      sum += before;
      continue;
    }
    // Nanoseconds on the CPU come first; see sched-stats in the documentation of the kernel. Some kernels have none.
    const work = Number.parseInt(read(thread, "schedstat"), 10) / 1e6;
    if (!(work > 0)) return undefined;
    threads.set(thread, work);
    sum += work;
  }
  return threads.size > 0 ? sum : undefined;
}

function find(all: readonly string[]): void {
  const listing = all.join();
  if (listing !== listed) {
    listed = listing;
    listedAt = performance.now();
    isSettled = false;
  }
  if (isSettled) return;
  isSettled = performance.now() - listedAt > naming;
  for (const thread of all) if (!threads.has(thread) && read(thread, "comm").startsWith(name)) threads.set(thread, 0);
}

function read(thread: string, file: string): string {
  return readFileSync(`${tasks}/${thread}/${file}`, "latin1");
}
