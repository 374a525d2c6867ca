// Each thread has a Reply of its own. The main thread asks both over inproc.
import assert from "node:assert/strict";
import {
  isMainThread,
  threadId,
  Worker,
  workerData,
} from "node:worker_threads";
import { Reply, Request } from "@awaitmq/core";

if (isMainThread) {
  const names = ["one", "two"];
  await Promise.all(names.map((name) => ask(`inproc://thread-${name}`)));
} else {
  await answer(workerData);
}

async function ask(/** @type {string} */ url) {
  // A thread gets the URL, and makes its own socket: sockets do not travel.
  new Worker(new URL(import.meta.url), { workerData: url });
  const request = new Request();
  request.connect(url);
  await request.send("25");
  const [result, thread] = await request.receive();
  console.log(`${url}: thread ${thread} says ${result}`);
  assert.equal(String(result), "75025");
  assert.notEqual(Number(thread), threadId);
  await request.close();
}

async function answer(/** @type {string} */ url) {
  const reply = new Reply();
  await reply.bind(url);
  const [number] = await reply.receive();
  // This blocks the worker only: the main thread goes on.
  await reply.send([String(fibonacci(Number(number))), String(threadId)]);
  await reply.close();
}

/** @type {(n: number) => number} */
function fibonacci(n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
