/** A worker process: counts the words of each line. Any number can run. */

import { Pull, Push } from "@awaitmq/core";
import { countWords } from "./words.ts";

// The channel breaks when the main process ends, even by a crash. Then nobody
// needs the results.
process.once("disconnect", () => process.exit());
if (!process.connected) process.exit();
// Ctrl-C reaches all processes of the terminal. The main process handles it.
process.on("SIGINT", () => {});

const [tasksAddress = "", resultsAddress = ""] = process.argv.slice(2);

await using tasks = new Pull();
await using results = new Push();
tasks.connect(tasksAddress);
results.connect(resultsAddress);

for await (const [line] of tasks) {
  const counts = countWords(line.toString());
  await results.send(JSON.stringify([...counts]));
}
