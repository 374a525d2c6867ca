/** The bytes of a packed frame, as the page of the protocol tells them. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { python } from "@awaitmq/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PackedError } from "../../src/packed.ts";
import { frameOf, read } from "./frames.ts";

interface Vector {
  readonly bytes: string;
  readonly tail?: string;
  readonly messages: readonly string[];
}

interface Vectors {
  readonly frames: readonly Vector[];
  readonly refused: readonly (Vector & { readonly why: string })[];
}

const protocols = new URL("../../../../docs/protocols/", import.meta.url);
const vectors: Vectors = JSON.parse(readFileSync(new URL("packed.json", protocols), "utf8"));

/** The bytes of a vector: its frame, and its tail where it has one. */
function framesOf({ bytes, tail }: Vector): [frame: Buffer, tail?: Buffer] {
  const frame = Buffer.from(bytes, "hex");
  return tail === undefined ? [frame] : [frame, Buffer.from(tail, "hex")];
}

describe("the format", () => {
  test.each(vectors.frames)("is read as $bytes, and written so where there is no tail", (vector) => {
    const { bytes, tail, messages } = vector;
    if (tail === undefined)
      expect(frameOf(...messages.map((hex) => Buffer.from(hex, "hex"))).toString("hex")).toBe(bytes);
    expect(read(...framesOf(vector))).toEqual({ messages, error: undefined });
  });

  test.each(vectors.refused)("is refused with $why, behind what came before", ({ messages, ...vector }) => {
    const found = read(...framesOf({ ...vector, messages }));
    expect(found.messages).toEqual(messages);
    expect(found.error).toBeInstanceOf(PackedError);
    expect(found.error).toMatchObject({ code: "ERR_PACKED" });
  });

  test.skipIf(python() === undefined)("is read by the Python of its page as well", () => {
    const page = readFileSync(new URL("packed.md", protocols), "utf8");
    const reader = /```python\n(.*?)```/s.exec(page)?.[1];
    const script = `${reader}
import json, sys
vectors = json.load(sys.stdin)
def read(frame, tail):
    found = []
    try:
        for message in unpack(frame, tail):
            found.append(message.hex())
    except ValueError:
        return found, True
    return found, False
tail_of = lambda each: bytes.fromhex(each["tail"]) if "tail" in each else None
told = [read(bytes.fromhex(each["bytes"]), tail_of(each)) for each in vectors["frames"] + vectors["refused"]]
print(json.dumps(told))`;
    const told = JSON.parse(
      execFileSync(python() as string, ["-c", script], { input: JSON.stringify(vectors) }).toString(),
    );
    expect(told).toEqual([
      ...vectors.frames.map(({ messages }) => [messages, false]),
      ...vectors.refused.map(({ messages }) => [messages, true]),
    ]);
  });

  test("100 000 frames of random bytes are read or refused, without a byte more than they have", {
    timeout: 100_000,
  }, () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .array(fc.uint8Array({ maxLength: 20 }), { minLength: 1, maxLength: 4 })
        .map((messages) => frameOf(...messages.map((message) => Buffer.from(message)))),
      fc.uint8Array({ maxLength: 60 }).map((rest) => Uint8Array.from([0xf5, 0x70, 1, ...rest])),
      fc
        .array(fc.tuple(fc.constantFrom(0, 1, 5, 254, 255), fc.uint8Array({ maxLength: 12 })), { maxLength: 6 })
        .map((parts) => Uint8Array.from([0xf5, 0x70, 1, ...parts.flatMap(([length, rest]) => [length, ...rest])])),
    );
    const counts = { refused: 0, read: 0 };
    for (const sample of fc.sample(bytes, 100_000)) {
      const { messages, error } = read(Buffer.from(sample));
      expect(messages.join("").length / 2).toBeLessThanOrEqual(sample.length);
      if (error === undefined) counts.read += 1;
      else {
        expect(error).toBeInstanceOf(PackedError);
        counts.refused += 1;
      }
    }
    expect(counts.read).toBeGreaterThan(1_000);
    expect(counts.refused).toBeGreaterThan(1_000);
  });
});
