/** Packets of messages, held to the protocol's test vectors. */

import type { Message } from "@awaitmq/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EnvelopeError } from "../../src/errors.ts";
import { encodeHeader, type Header, isExtended, messageTypes } from "../../src/wire/envelope.ts";
import { isPackable, isPacket, longestFrame, PacketWriter, readPacket } from "../../src/wire/packet.ts";
import { bytesOf, vectors } from "./vectors.ts";

const anyHeader = bytesOf("f56d010100000000138800000001000000ff");
/** Its extension follows. */
const anyExtended = bytesOf("f56d010102000000138800000001000000ff");

function read(packet: Buffer) {
  const messages: { header: string; body: string[] }[] = [];
  readPacket(packet, (header, body) =>
    messages.push({ header: header.toString("hex"), body: body.map((frame) => frame.toString("hex")) }),
  );
  return messages;
}

function write(messages: readonly (readonly [Buffer, readonly (string | Uint8Array | null)[]])[]): Buffer {
  const writer = new PacketWriter();
  writer.begin();
  for (const [header, body] of messages) expect(writer.add(header, body)).toBe(true);
  return writer.finish();
}

describe("a packet", () => {
  test.each(vectors.packets)("is read and written as $bytes", ({ bytes, messages }) => {
    const packet = bytesOf(bytes);
    expect(isPacket([packet], 0)).toBe(true);
    expect(isPacket([Buffer.from("peer"), packet], 1)).toBe(true);
    expect(read(packet)).toEqual(messages);
    const written = write(messages.map(({ header, body }) => [bytesOf(header), body.map(bytesOf)]));
    expect(written.toString("hex")).toBe(bytes);
  });

  test.each(vectors.refusedPackets)("is refused with $why", ({ bytes }) => {
    expect(isPacket([bytesOf(bytes)], 0)).toBe(true);
    expect(() => read(bytesOf(bytes))).toThrow(EnvelopeError);
  });

  test("of more than 65 536 bytes is refused before any of it is read", () => {
    const message = Buffer.concat([anyHeader, Buffer.from([0])]);
    const long = Buffer.concat([bytesOf("f56d0107"), ...Array.from({ length: 4_000 }, () => message)]);
    const read: unknown[] = [];
    expect(() => readPacket(long, (header) => read.push(header))).toThrow("65536");
    expect(read).toEqual([]);
  });

  test("is no message with frames behind it, of another version, or with a delimiter", () => {
    const packet = write([[anyHeader, ["x"]]]);
    const others: Message[] = [
      [packet, Buffer.from("more")],
      [bytesOf("f56d020700")],
      [bytesOf("f56d01")],
      [Buffer.alloc(0)],
    ];
    for (const other of others) expect(isPacket(other, 0)).toBe(false);
  });

  test("gives text, bytes and empty frames as they were, in order", () => {
    const frame = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.uint8Array({ maxLength: 40 }),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.array(fc.array(frame, { maxLength: 4 }), { minLength: 1, maxLength: 5 }), (bodies) => {
        const hex = (value: string | Uint8Array | null) => Buffer.from(value ?? "").toString("hex");
        expect(read(write(bodies.map((body) => [anyHeader, body]))).map(({ body }) => body)).toEqual(
          bodies.map((body) => body.map(hex)),
        );
      }),
    );
  });

  test("gives headers with their extensions, empty ones too", () => {
    const fields = { flags: 0, priority: 0, remaining: 0, client: 7, request: 11 };
    const extension = fc.option(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      { nil: undefined },
    );
    const extended = fc.record({
      type: fc.constantFrom(messageTypes.request, messageTypes.open),
      extension,
    });
    const short = fc.record({ type: fc.constantFrom(...Object.values(messageTypes)) });
    const some = fc.array(fc.oneof(extended, short), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(some, (parts: readonly Pick<Header, "type" | "extension">[]) => {
        const headers = parts.map((part) => encodeHeader({ ...fields, ...part }));
        const packet = write(headers.map((header) => [header, ["x"]]));
        expect(read(packet)).toEqual(headers.map((header) => ({ header: header.toString("hex"), body: ["78"] })));
      }),
    );
  });

  test("has room for several of the longest frames of items, up to 61 440 bytes", () => {
    const items = encodeHeader({
      type: messageTypes.items,
      flags: 0,
      priority: 0,
      remaining: 0,
      client: 7,
      request: 1,
    });
    const writer = new PacketWriter();
    writer.begin();
    const longest = new Uint8Array(longestFrame);
    for (const _ of [1, 2, 3]) expect(writer.add(items, [longest])).toBe(true);
    expect(writer.add(items, [longest])).toBe(false);
    const reply = Buffer.from(items);
    reply[3] = messageTypes.reply;
    expect(writer.add(reply, ["x"])).toBe(false);
    const left = 61_440 - 4 - 3 * (18 + 1 + 4 + longestFrame) - (18 + 1 + 4);
    expect(writer.add(items, [new Uint8Array(left + 1)])).toBe(false);
    expect(writer.add(items, [new Uint8Array(left)])).toBe(true);
    expect(writer.finish()).toHaveLength(61_440);
  });

  test("takes no more than 4 096 bytes, and is whole when it refuses one more", () => {
    const writer = new PacketWriter();
    writer.begin();
    let count = 0;
    while (writer.add(anyHeader, ["x".repeat(100)])) count += 1;
    const packet = writer.finish();
    expect(count).toBeGreaterThan(10);
    expect(packet.length).toBeLessThanOrEqual(4_096);
    expect(read(packet)).toHaveLength(count);
  });

  test("has no room for long bodies, for many frames, nor for what is no frame", () => {
    expect(isPackable(["x".repeat(341), new Uint8Array(1)])).toBe(true);
    expect(isPackable(["x".repeat(342)])).toBe(false);
    expect(isPackable([new Uint8Array(1_025)])).toBe(false);
    expect(isPackable(Array.from({ length: 255 }, () => null))).toBe(true);
    expect(isPackable(Array.from({ length: 256 }, () => null))).toBe(false);
    expect(isPackable([7 as unknown as string])).toBe(false);
  });
});

describe("100 000 packets of random bytes", () => {
  test("are read or refused, and give views of their own bytes only", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc
        .array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.uint8Array({ maxLength: 20 })), { maxLength: 4 })
        .map((messages) =>
          Buffer.concat(messages.flatMap(([count, rest]) => [anyHeader, Buffer.from([count]), Buffer.from(rest)])),
        ),
      fc
        .array(fc.uint8Array({ maxLength: 12 }), { maxLength: 3 })
        .map((messages) =>
          Buffer.concat(
            messages.flatMap((rest) => [anyExtended, Buffer.from([0, rest.length]), rest, Buffer.from([0])]),
          ),
        ),
      fc
        .tuple(fc.integer({ min: 0, max: 40 }), fc.uint8Array({ maxLength: 40 }))
        .map(([length, rest]) => Buffer.concat([anyExtended, Buffer.from([0, length]), rest])),
    );
    let refused = 0;
    let taken = 0;
    let extended = 0;
    for (const rest of fc.sample(bytes, 100_000)) {
      const packet = Buffer.concat([bytesOf("f56d0107"), rest]);
      try {
        readPacket(packet, (header, body) => {
          taken += 1;
          const isLong = isExtended(header);
          if (isLong) extended += 1;
          for (const view of isLong ? body : [header, ...body]) expect(view.buffer).toBe(packet.buffer);
        });
      } catch (error) {
        expect(error).toBeInstanceOf(EnvelopeError);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(1_000);
    expect(taken).toBeGreaterThan(1_000);
    expect(extended).toBeGreaterThan(1_000);
  });
});
