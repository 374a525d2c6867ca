/**
 * Counts the words of a text and checks the result, with one ventilator, three
 * worker processes and one sink:
 *
 *     ventilator Push --> Pull worker Push --> Pull sink
 *
 * The arguments are files and folders. Without arguments it reads TypeScript's
 * own declaration files.
 */

import { Pull, Push } from "@awaitmq/core";
import { chart } from "./chart.ts";
import { Progress } from "./progress.ts";
import { collect } from "./sink.ts";
import { findFiles, linesOf } from "./text.ts";
import { type Counts, countWords, merge, same } from "./words.ts";
import { Workers } from "./workers.ts";

const workerCount = 3;
const stop = new AbortController();

for (const [name, code] of [["SIGINT", 130] as const, ["SIGTERM", 143] as const]) {
  process.once(name, () => {
    process.exitCode = code;
    stop.abort(new Error(`Stopped by ${name}`));
  });
}

try {
  await main();
} catch (error) {
  process.exitCode ??= 1;
  console.error(error instanceof Error ? error.message : error);
}

async function main(): Promise<void> {
  const files = await findFiles(process.argv.slice(2));
  const expected = await countHere(files);
  console.log(`${expected.lines.toLocaleString("en")} lines in ${files.length.toLocaleString("en")} files`);

  const counts = await countWithWorkers(files, expected.lines);
  console.log(`\n${chart(counts, 15)}\n`);

  if (!same(counts, expected.counts)) throw new Error("The workers' counts differ from those of a single process");
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  console.log(
    `${all.toLocaleString("en")} words, ${counts.size.toLocaleString("en")} different: the same as a single process counts`,
  );
}

/** Counts in this process alone. The workers must get the same result. */
async function countHere(files: readonly string[]): Promise<{ lines: number; counts: Counts }> {
  const counts: Counts = new Map();
  let lines = 0;
  for await (const line of linesOf(files)) {
    stop.signal.throwIfAborted();
    merge(counts, countWords(line));
    lines += 1;
  }
  return { lines, counts };
}

async function countWithWorkers(files: readonly string[], lines: number): Promise<Counts> {
  // At the end every task is answered, and a stopped run needs no more results.
  // So there is nothing to linger for.
  await using tasks = new Push({ linger: 0 });
  await using results = new Pull();
  const addresses = [await tasks.bind("tcp://127.0.0.1:*"), await results.bind("tcp://127.0.0.1:*")];

  // Before the workers start: ready() counts connections from now on.
  const connected = tasks.ready({ peers: workerCount, signal: stop.signal });
  await using workers = new Workers(workerCount, addresses, (error) => stop.abort(error));
  console.log(`${workerCount} workers: processes ${workers.pids.join(", ")}`);
  // Otherwise the first worker would get thousands of lines before the others.
  await connected;

  using progress = new Progress(lines);
  // The ventilator: one line of text per message. It reads no faster than the
  // workers count.
  const sending = tasks.sendAll(linesOf(files), { signal: stop.signal }).then((sent) => {
    if (sent !== lines) stop.abort(new Error(`The text changed meanwhile: it had ${lines} lines, now ${sent}`));
  });
  const [counts] = await Promise.all([collect(results, lines, stop.signal, progress.step), sending]);
  return counts;
}
