/**
 * Receives a million readings of 8 bytes from another process, one by one and
 * in order, and prints the throughput.
 */

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { Pull } from "@awaitmq/core";
import { unpacked } from "@awaitmq/core/packed";

const readings = 1_000_000;

await using pull = new Pull();
const endpoint = await pull.bind("tcp://127.0.0.1:*");
const sensor = fork(new URL("./sensor.js", import.meta.url), [endpoint, String(readings)]);
const ended = once(sensor, "exit");

let seen = 0;
let warmest = Number.NEGATIVE_INFINITY;
let began = 0;
for await (const reading of unpacked(pull)) {
  if (seen === 0) began = performance.now();
  assert.equal(reading.readUInt32LE(0), seen);
  warmest = Math.max(warmest, reading.readFloatLE(4));
  if (++seen === readings) break;
}
const seconds = (performance.now() - began) / 1_000;

assert.equal(seen, readings);
assert.equal(warmest, 25);
assert.deepEqual(await ended, [0, null]);
console.log(
  `${readings.toLocaleString("en")} readings in order, ${Math.round(readings / seconds).toLocaleString("en")} a second`,
);
