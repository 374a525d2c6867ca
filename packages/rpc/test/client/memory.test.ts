/** Bytes that a program changes after it gave them to a call. */

import { afterEach, expect, test } from "vitest";
import { contract, stream, type } from "../../src/index.ts";
import { closeAll, scene } from "../scene.ts";

afterEach(closeAll);

const blobs = contract("blobs", {
  last: { input: type<Uint8Array>(), output: type<number | undefined>() },
  lasts: { input: stream(type<Uint8Array>()), output: type<(number | undefined)[]>() },
});

function reading() {
  return scene(blobs, {
    last: (bytes) => bytes.at(-1),
    async lasts(items) {
      const found: (number | undefined)[] = [];
      for await (const bytes of items) found.push(bytes.at(-1));
      return found;
    },
  });
}

test("a call sends the bytes that it was given, whatever becomes of them", async () => {
  const { calls } = reading();
  const bytes = new Uint8Array(100_000).fill(1);
  const call = calls.last(bytes);
  bytes.fill(2);
  expect(await call).toBe(1);
});

test("a call with a codec sends the bytes that it made, although the codec uses its memory again", async () => {
  const memory = Buffer.alloc(100_000);
  const fixed = {
    name: "fixed",
    encode: (value: unknown) => memory.fill(value as number),
    decode: (bytes: Uint8Array) => bytes.at(-1),
  };
  const numbers = contract("numbers", { same: { input: type<number>(), output: type<number>() } }, { codec: fixed });
  const { calls } = scene(numbers, { same: (number) => number });
  expect(await Promise.all([calls.same(1), calls.same(2)])).toEqual([1, 2]);
});

test("a source may give the same memory for each item", async () => {
  const { calls } = reading();
  const bytes = new Uint8Array(100_000);
  function* source() {
    for (const number of [1, 2, 3, 4, 5]) yield bytes.fill(number);
  }
  expect(await calls.lasts(source())).toEqual([1, 2, 3, 4, 5]);
});
