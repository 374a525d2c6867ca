/** The CPU time of libzmq's I/O threads in this process. Only Linux reports it, and not every kernel. */

import { readdirSync, readFileSync } from "node:fs";

const tasks = "/proc/self/task";
/** The name that each thread gives itself soon after it has started. */
const name = "ZMQbg/IO/";
/** Milliseconds that this may take. */
const naming = 2_000;
/** Milliseconds for which a reading stays fresh enough. */
const fresh = 3;
const isLinux = process.platform === "linux";

/** The threads of the process, and since when the list is unchanged, by `performance.now()`. */
let listed = "";
let listedAt = 0;
let isSettled = false;
/** libzmq's threads among them, with the milliseconds of CPU time that each had used when last read. */
const threads = new Map<string, number>();
/** CPU time of threads that have ended. */
let gone = 0;
let lookedAt = Number.NEGATIVE_INFINITY;
let worked: number | undefined;

/** Milliseconds of CPU time that they have used, without the current system tick of each. Undefined if unknown. */
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

/** Like `workOfIoThreads`, but the reading may be some milliseconds old. Cheaper for frequent calls. */
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
    // The first number is nanoseconds on the CPU: see sched-stats in the kernel's documentation. Some kernels do not have the file.
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
