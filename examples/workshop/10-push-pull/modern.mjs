// The same map and reduce. A worker is a function, with a limit for the tasks
// it handles at once.
import assert from "node:assert/strict";
import { Push } from "@awaitmq/core";
import { collect, work } from "@awaitmq/patterns";

const texts = ["one two two", "two three three", "three", "one two"];
const producer = new Push();
const from = await producer.bind("tcp://127.0.0.1:*");
const collected = collect("tcp://127.0.0.1:*", { count: texts.length });

const workers = ["a", "b"].map((name) => {
  const count = async (/** @type {readonly Buffer[]} */ [text]) => {
    console.log(`${name} counts "${text}"`);
    return JSON.stringify(String(text).split(" "));
  };
  return work(from, count, { results: collected.endpoints, concurrency: 2 });
});

const sending = producer.sendAll(texts);
const counts = new Map();
for await (const [words] of collected) {
  for (const word of JSON.parse(String(words)))
    counts.set(word, (counts.get(word) ?? 0) + 1);
}
console.log(counts);
assert.deepEqual(Object.fromEntries(counts), { one: 2, two: 4, three: 3 });

await Promise.all([sending, ...workers.map((worker) => worker.stop())]);
await producer.close();
