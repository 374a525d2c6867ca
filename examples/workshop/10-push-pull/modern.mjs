// The same map and reduce: a worker is a function, with as many tasks at once as it may
// have, that ends when it is told to.
import assert from "node:assert/strict";
import { Pull, Push } from "@awaitmq/core";
import { collect, work } from "@awaitmq/patterns";

const texts = ["one two two", "two three three", "three", "one two"];
const producer = new Push();
const collector = new Pull();
const [from, to] = [await producer.bind("tcp://127.0.0.1:*"), await collector.bind("tcp://127.0.0.1:*")];
const stop = new AbortController();

const workers = ["a", "b"].map(async (name) => {
  const tasks = new Pull();
  const results = new Push();
  tasks.connect(from);
  results.connect(to);
  const count = async (/** @type {readonly Buffer[]} */ [text]) => {
    console.log(`${name} counts "${text}"`);
    return JSON.stringify(String(text).split(" "));
  };
  await work(tasks, count, { results, concurrency: 2, signal: stop.signal }).catch((reason) =>
    assert.equal(reason, "done"),
  );
  await Promise.all([tasks.close(), results.close()]);
});

const sending = producer.sendAll(texts);
const counts = new Map();
for await (const [words] of collect(collector, { count: texts.length })) {
  for (const word of JSON.parse(String(words))) counts.set(word, (counts.get(word) ?? 0) + 1);
}
console.log(counts);
assert.deepEqual(Object.fromEntries(counts), { one: 2, two: 4, three: 3 });

stop.abort("done");
await Promise.all([sending, ...workers]);
await Promise.all([producer.close(), collector.close()]);
