/** A process that counts the words of each line it is given. Three of them run; any number would do. */

import { Pull, Push } from "@awaitmq/core";
import { countWords } from "./words.ts";

// The channel to the main process breaks when that ends, however it ends: nobody wants our results then.
process.once("disconnect", () => process.exit());
if (!process.connected) process.exit();
// Ctrl-C reaches all processes of the terminal. The main one decides what it means.
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
