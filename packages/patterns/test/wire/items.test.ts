/** Several items of a stream in one frame, held to the protocol's test vectors. */

import type { Frame } from "@awaitmq/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EnvelopeError } from "../../src/errors.ts";
import { ItemsReader, ItemsWriter, sizeOfItems, tooLarge } from "../../src/wire/items.ts";
import { isPackable, longestFrame } from "../../src/wire/packet.ts";
import { bytesOf, vectors } from "./vectors.ts";

const anyFrame = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.uint8Array({ maxLength: 40 }),
  fc.constant(null),
);
const anyItem = fc.array(anyFrame, { minLength: 1, maxLength: 4 });

/** The items of a frame that is valid. */
function read(frame: Buffer): string[][] {
  const items: string[][] = [];
  for (const reader = new ItemsReader(frame); !reader.isEmpty; )
    items.push(reader.next().map((view) => view.toString("hex")));
  return items;
}

function write(items: readonly (readonly Frame[])[]): Buffer {
  const writer = new ItemsWriter();
  for (const item of items) expect(writer.add(item)).toBeGreaterThanOrEqual(0);
  expect(writer.count).toBe(items.length);
  return writer.finish();
}

function hexOf(frame: Frame): string {
  return Buffer.from((frame ?? "") as string).toString("hex");
}

function bytesIn(item: readonly Frame[]): number {
  return item.reduce((sum, frame) => sum + Buffer.byteLength((frame ?? "") as string), 0);
}

/** Whether an item may be sent together with others. */
function isSmall(item: readonly Frame[]): boolean {
  return new ItemsWriter().add(item) !== tooLarge;
}

describe("items in one frame", () => {
  test.each(vectors.items)("are written and read as $bytes", ({ bytes, items }) => {
    const bodies = items.map((item) => item.map(bytesOf));
    expect(write(bodies).toString("hex")).toBe(bytes);
    expect(read(bytesOf(bytes))).toEqual(items);
    const sizes = bodies.map(bytesIn);
    expect(sizeOfItems(bytesOf(bytes))).toEqual({
      items: items.length,
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      last: sizes.at(-1),
    });
  });

  test.each(vectors.refusedItems)("are refused with $why", ({ bytes }) => {
    expect(() => sizeOfItems(bytesOf(bytes))).toThrow(EnvelopeError);
  });

  test("are refused in a message without a body", () => {
    expect(() => sizeOfItems(undefined)).toThrow(EnvelopeError);
  });

  test("may each have 255 empty frames", () => {
    const frame = write([Array.from({ length: 255 }, () => null), ["x"]]);
    expect(frame).toHaveLength(1 + 255 * 4 + 1 + 4 + 1);
    expect(sizeOfItems(frame)).toEqual({ items: 2, bytes: 1, last: 1 });
    expect(read(frame)[0]).toHaveLength(255);
  });

  test("are small, and are frames", () => {
    expect(isSmall(["x".repeat(341), new Uint8Array(1)])).toBe(true);
    expect(isSmall(["x".repeat(342)])).toBe(false);
    expect(isSmall([new Uint8Array(1_025)])).toBe(false);
    expect(isSmall(Array.from({ length: 255 }, () => null))).toBe(true);
    expect(isSmall(Array.from({ length: 256 }, () => null))).toBe(false);
    expect(isSmall([7 as unknown as string])).toBe(false);
  });

  test("take no more room than a packet has, and are whole when one more does not fit", () => {
    const writer = new ItemsWriter();
    let count = 0;
    while (writer.add(["x".repeat(100)]) >= 0) count += 1;
    expect(writer.count).toBe(count);
    const frame = writer.finish();
    expect(count).toBeGreaterThan(10);
    expect(frame.length).toBeLessThanOrEqual(longestFrame);
    expect(read(frame)).toHaveLength(count);
  });

  test("fill a frame to its last byte", () => {
    const writer = new ItemsWriter();
    const item = [new Uint8Array(1_000)];
    for (let rest = longestFrame; rest > 0; rest -= 1_005)
      expect(writer.add(rest < 1_005 ? [new Uint8Array(rest - 5)] : item)).toBeGreaterThanOrEqual(0);
    expect(writer.add([null])).toBe(-1);
    expect(writer.finish()).toHaveLength(longestFrame);
  });

  test("of the next frame begin anew, and leave those of a finished frame alone", () => {
    const writer = new ItemsWriter();
    writer.add(["first"]);
    const first = writer.finish();
    expect(writer.count).toBe(0);
    writer.add(["dropped"]);
    writer.clear();
    writer.add(["second"]);
    const second = writer.finish();
    expect([read(first), read(second)]).toEqual([[[hexOf("first")]], [[hexOf("second")]]]);
  });

  test("of two writers do not mix", () => {
    const [one, two] = [new ItemsWriter(), new ItemsWriter()];
    one.add(["a"]);
    one.finish();
    one.add(["b"]);
    two.add(["c"]);
    one.add(["d"]);
    two.add(["e"]);
    expect(read(one.finish())).toEqual([[hexOf("b")], [hexOf("d")]]);
    expect(read(two.finish())).toEqual([[hexOf("c")], [hexOf("e")]]);
  });

  test("give text, bytes and empty frames as they were, in order", () => {
    fc.assert(
      fc.property(fc.array(anyItem, { minLength: 1, maxLength: 5 }), (items) => {
        const frame = write(items);
        const sizes = items.map(bytesIn);
        expect(read(frame)).toEqual(items.map((item) => item.map(hexOf)));
        expect(sizeOfItems(frame)).toEqual({
          items: items.length,
          bytes: sizes.reduce((sum, size) => sum + size, 0),
          last: sizes.at(-1),
        });
      }),
    );
  });

  test("may each be packed alone too", () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        expect(isPackable(item)).toBe(isSmall(item));
      }),
    );
  });

  test("cut off anywhere but between items are refused", () => {
    fc.assert(
      fc.property(fc.array(anyItem, { minLength: 1, maxLength: 4 }), fc.nat(), (items, at) => {
        const frame = write(items);
        const ends = new Set(items.map((_, index) => write(items.slice(0, index + 1)).length));
        const length = at % (frame.length + 1);
        const cut = frame.subarray(0, length);
        if (ends.has(length)) expect(read(cut)).toEqual(read(frame).slice(0, sizeOfItems(cut).items));
        else expect(() => sizeOfItems(cut)).toThrow(EnvelopeError);
      }),
    );
  });

  test("are read or refused, whatever the bytes, and are views of their own bytes only", () => {
    const parts = fc.oneof(
      anyItem.map((item) => write([item])),
      fc.uint8Array({ maxLength: 10 }),
    );
    let taken = 0;
    let refused = 0;
    for (const some of fc.sample(fc.array(parts, { maxLength: 4 }), 20_000)) {
      const frame = Buffer.concat(some);
      try {
        const { items, bytes, last } = sizeOfItems(frame);
        const found = read(frame);
        const sizes = found.map((item) => item.join("").length / 2);
        expect([items, bytes, last]).toEqual([found.length, sizes.reduce((sum, size) => sum + size, 0), sizes.at(-1)]);
        taken += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(EnvelopeError);
        refused += 1;
      }
    }
    expect(taken).toBeGreaterThan(1_000);
    expect(refused).toBeGreaterThan(1_000);
  });
});
