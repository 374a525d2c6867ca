import { execFileSync } from "node:child_process";
import { getEventListeners } from "node:events";
import { readFileSync } from "node:fs";
import { python } from "@awaitmq/testing";
import fc from "fast-check";
import { afterEach, describe, expect, expectTypeOf, test } from "vitest";
import {
  ClosedError,
  Dealer,
  Pair,
  Publisher,
  Pull,
  Push,
  QueueFullError,
  Reply,
  Router,
  type Socket,
  Subscriber,
  type UnroutableError,
  XPublisher,
  XSubscriber,
} from "../../src/index.ts";
import { PackedFrame, spaceFor, writeLength, writePrefix } from "../../src/packed/format.ts";
import { PackedError, packed, unpacked } from "../../src/packed.ts";

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

const opened: Socket[] = [];
afterEach(() => Promise.all(opened.splice(0).map((socket) => socket.close({ linger: 0 }))));

function open<S extends Socket>(socket: S): S {
  opened.push(socket);
  return socket;
}

async function pipe(options: { push?: object; pull?: object } = {}) {
  const push = open(new Push(options.push));
  const pull = open(new Pull(options.pull));
  push.connect(await pull.bind("tcp://127.0.0.1:*"));
  return { push, pull };
}

/** The bytes of a vector: its frame, and its tail where it has one. */
function framesOf({ bytes, tail }: Vector): [frame: Buffer, tail?: Buffer] {
  const frame = Buffer.from(bytes, "hex");
  return tail === undefined ? [frame] : [frame, Buffer.from(tail, "hex")];
}

function frameOf(...messages: readonly Buffer[]): Buffer {
  const frame = Buffer.alloc(3 + messages.reduce((sum, { length }) => sum + spaceFor(length), 0));
  let at = writePrefix(frame);
  for (const message of messages) {
    at = writeLength(frame, at, message.length);
    message.copy(frame, at);
    at += message.length;
  }
  return frame;
}

function read(bytes: Buffer, tail?: Buffer): { messages: string[]; error: unknown } {
  const messages: string[] = [];
  try {
    const frame = new PackedFrame(bytes, tail);
    for (let message = frame.next(); message !== undefined; message = frame.next())
      messages.push(message.toString("hex"));
  } catch (error) {
    return { messages, error };
  }
  return { messages, error: undefined };
}

async function take<T>(source: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const value of source) {
    taken.push(value);
    if (taken.length === count) break;
  }
  return taken;
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

describe("messages that are written in one turn", () => {
  test("arrive one by one, in order, in few frames: text, bytes, views and empty ones", async () => {
    const { push, pull } = await pipe();
    const out = packed(push);
    const given = [
      "text",
      "ä€🦀",
      Buffer.from([0, 255]),
      new Uint16Array([1, 2]),
      new Uint8Array([7]).buffer,
      null,
      "",
    ];
    for (const message of given) expect(out.write(message)).toBeUndefined();
    const expected = ["text", "ä€🦀", "\0\xff", "\x01\0\x02\0", "\x07", "", ""];
    const taken = await take(unpacked(pull), given.length);
    expect(taken.map((message, index) => message.toString(index < 2 ? "utf8" : "latin1"))).toEqual(expected);
    void out.write("again");
    expect((await pull.receive()).length).toBe(1);
    await out.end();
  });

  test("leave when the turn ends; with maxDelay when that is over, and by flush at once", async () => {
    const { push, pull } = await pipe();
    const now = packed(push);
    void now.write("turn");
    expect(String(await take(unpacked(pull), 1))).toBe("turn");
    const later = packed(push, { maxDelay: 60_000 });
    void later.write("a");
    void later.write("b");
    await expect(pull.receive({ timeout: 50 })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    await later.flush();
    const [frame] = await pull.receive();
    expect(read(frame).messages).toEqual(["61", "62"]);
    const soon = packed(push, { maxDelay: 20 });
    void soon.write("c");
    expect(String(await take(unpacked(pull), 1))).toBe("c");
    await Promise.all([now.end(), later.end(), soon.end()]);
  });

  test("fill frames of maxBytes, and those that are longer travel alone, all in order", async () => {
    const { push, pull } = await pipe();
    const out = packed(push, { maxBytes: 100 });
    const lengths = [10, 80, 20, 200, 0, 5, 94, 95, 96, 97, 98, 1, 100_000, 3];
    for (const length of lengths) await out.write("x".repeat(length));
    await out.end();
    const found: number[] = [];
    let frames = 0;
    while (found.length < lengths.length) {
      const [frame, tail] = await pull.receive();
      frames += 1;
      expect(frame.length).toBeLessThanOrEqual(100);
      found.push(...read(frame, tail).messages.map(({ length }) => length / 2));
    }
    expect(found).toEqual(lengths);
    expect(frames).toBeGreaterThan(4);
  });

  test("of 16 KiB or more are not copied with copy: false, and keep their order; smaller ones are copied", async () => {
    const [left, right] = [open(new Pair()), open(new Pair())];
    left.connect(await right.bind("inproc://packed-without-copies"));
    const out = packed(left, { copy: false });
    const [small, large] = [Buffer.alloc(16_383, "s"), Buffer.alloc(16_384, "l")];
    for (const message of [small, large, small, large.buffer as ArrayBuffer]) await out.write(message);
    await out.end();
    const taken = await take(unpacked(right), 4);
    large.fill("L");
    small.fill("S");
    expect(taken.map((message) => `${message.length} ${message.toString("latin1", 0, 1)}`)).toEqual([
      "16383 s",
      "16384 L",
      "16383 s",
      "16384 L",
    ]);
  });

  test("of 16 KiB or more are left for the next loop with what comes before and behind them", async () => {
    const { push, pull } = await pipe();
    const out = packed(push, { copy: false });
    for (const length of [1, 20_000, 2, 30_000]) await out.write(Buffer.alloc(length));
    await out.end();
    const lengths: number[] = [];
    while (lengths.length < 4) lengths.push(...(await take(unpacked(pull), 1)).map(({ length }) => length));
    expect(lengths).toEqual([1, 20_000, 2, 30_000]);
  });

  test("may have their memory changed as soon as they are written", async () => {
    const { push, pull } = await pipe();
    const out = packed(push, { maxBytes: 1_000 });
    const memory = Buffer.alloc(10);
    const long = Buffer.alloc(2_000);
    const large = Buffer.alloc(20_000);
    for (let value = 0; value < 200; value++) {
      await out.write(memory.fill(value));
      if (value % 50 === 0) await out.write(long.fill(value));
      if (value % 50 === 0) await out.write(large.fill(value));
    }
    memory.fill(255);
    long.fill(255);
    large.fill(255);
    await out.end();
    const taken = await take(unpacked(pull), 208);
    expect(taken.every((message) => message.every((byte) => byte === message[0]))).toBe(true);
    expect(taken.filter(({ length }) => length === 10).map(([first]) => first)).toEqual([...Array(200).keys()]);
  });
});

describe("the socket types", () => {
  test("Pair and Dealer carry single frames; a Router knows the peer, both ways", async () => {
    const [left, right] = [open(new Pair()), open(new Pair())];
    left.connect(await right.bind("tcp://127.0.0.1:*"));
    void packed(left).write("pair");
    expect(String(await take(unpacked(right), 1))).toBe("pair");

    const router = open(new Router());
    const dealers = [open(new Dealer()), open(new Dealer())];
    const endpoint = await router.bind("tcp://127.0.0.1:*");
    for (const [index, dealer] of dealers.entries()) {
      dealer.connect(endpoint);
      const out = packed(dealer);
      for (let count = 0; count < 3; count++) void out.write(`${index}${count}`);
    }
    const seen = await take(unpacked(router), 6);
    const back = packed(router);
    for (const [peer, frame] of seen) void back.write([peer, `re ${frame}`]);
    for (const [index, dealer] of dealers.entries()) {
      const replies = await take(unpacked(dealer), 3);
      expect(replies.map(String)).toEqual([0, 1, 2].map((count) => `re ${index}${count}`));
    }
  });

  test("a publisher's topics stay apart, so that filters work, whether they are text or bytes", async () => {
    const publisher = open(new Publisher());
    const subscriber = open(new Subscriber());
    subscriber.subscribe("a");
    subscriber.connect(await publisher.bind("tcp://127.0.0.1:*"));
    await publisher.ready();
    const out = packed(publisher);
    for (let count = 0; count < 100; count++) {
      void out.write(["a", `${count}`]);
      void out.write(["b", "not for this one"]);
      void out.write([Buffer.from("aä"), `${count}`]);
      void out.write(["aä", "text"]);
    }
    const taken = await take(unpacked(subscriber), 300);
    const of = (topic: string) => taken.filter(([name]) => String(name) === topic).map(([, frame]) => String(frame));
    expect(of("a")).toEqual(Array.from({ length: 100 }, (_, count) => `${count}`));
    expect(of("aä")).toEqual(Array.from({ length: 100 }, (_, count) => [`${count}`, "text"]).flat());
    expect(of("b")).toEqual([]);
  });

  test("that have no form for it, and wrong arguments, are refused", async () => {
    for (const socket of [new Reply(), new Pull(), new Subscriber(), new XSubscriber()])
      expect(() => packed(open(socket) as never)).toThrow(/^packed takes a socket of one of the types Pair, .*, got /);
    for (const socket of [new Reply(), new Push(), new Publisher(), new XPublisher()])
      expect(() => unpacked(open(socket) as never)).toThrow(
        /^unpacked takes a socket of one of the types Pair, .*, got /,
      );
    for (const no of [undefined, null, {}, "tcp://127.0.0.1:1"])
      for (const either of [packed, unpacked] as const)
        expect(() => (either as typeof packed)(no as never)).toThrow(TypeError);
    expectTypeOf(unpacked<Pair>).returns.toExtend<AsyncIterable<Buffer>>();
    expectTypeOf(unpacked<Router>).returns.toExtend<AsyncIterable<[Buffer, Buffer]>>();
    expectTypeOf(unpacked<Subscriber>).returns.toExtend<AsyncIterable<[Buffer, Buffer]>>();
    const push = open(new Push());
    for (const options of [{ maxBytes: 63 }, { maxBytes: 1.5 }, { maxDelay: -1 }, { maxDelay: Number.NaN }])
      expect(() => packed(push, options)).toThrow(RangeError);
    expect(() => packed(push, { maxBites: 100 } as never)).toThrow('packed has no option "maxBites"');
    expect(() => unpacked(open(new Pull()), null as never)).toThrow("unpacked takes an object of options, got null");
    expect(() => unpacked(open(new Pull()), { copy: 1 as never })).toThrow(TypeError);
    const out = packed(push);
    for (const message of [undefined, 7, {}, ["a"], []]) expect(() => out.write(message as never)).toThrow(TypeError);
    const addressed = packed(open(new Publisher()));
    for (const message of ["a", ["a"], ["a", "b", "c"], ["a", 7]])
      expect(() => addressed.write(message as never)).toThrow(TypeError);
    expect(() => unpacked(open(new Pull()), { onError: 7 as never })).toThrow(TypeError);
  });
});

describe("a reader that stands still", () => {
  test("stops the writer, and the next write beyond the limit is refused without being taken; then all arrives", async () => {
    const { push, pull } = await pipe({
      push: { sendHighWaterMark: 1, sendBufferSize: 8_192 },
      pull: { receiveHighWaterMark: 1, receiveBufferSize: 8_192 },
    });
    const out = packed(push, { maxBytes: 10_000 });
    const message = "x".repeat(100);
    let taken = 0;
    let blocked: Promise<void> | undefined;
    for (; blocked === undefined; taken++) {
      blocked = out.write(message);
      // What libzmq accepts at once, it says in a microtask.
      if (blocked !== undefined && (await Promise.race([blocked.then(() => true), nextTurn()]))) blocked = undefined;
    }
    const refused: unknown[] = [];
    const waits: Promise<void>[] = [blocked];
    while (refused.length === 0 && taken < 1e6) {
      const wait = out.write(message);
      if (wait === undefined) {
        taken += 1; // some of what stood has gone meanwhile
        continue;
      }
      waits.push(wait.then(() => {}));
      const outcome = await Promise.race([wait.catch((error) => error), nextTurn()]);
      if (outcome instanceof Error) refused.push(outcome);
      else taken += 1;
    }
    expect(refused[0]).toBeInstanceOf(QueueFullError);
    // Sixteen frames here, and what TCP and libzmq hold on the way.
    expect(taken * message.length).toBeLessThan(2e6);
    let seen = 0;
    const reading = (async () => {
      for await (const batch of unpacked(pull).batches()) {
        seen += batch.length;
        if (seen >= taken) break;
      }
    })();
    await Promise.allSettled(waits);
    await out.end();
    await reading;
    expect(seen).toBe(taken);
  });
});

function nextTurn(): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, 2, false));
}

describe("the end", () => {
  test("of the scope flushes", async () => {
    const { push, pull } = await pipe();
    {
      await using out = packed(push, { maxDelay: 60_000 });
      void out.write("scope");
    }
    expect(String(await take(unpacked(pull), 1))).toBe("scope");
  });

  test("flushes, and no write is taken after it", async () => {
    const { push, pull } = await pipe();
    const out = packed(push, { maxDelay: 60_000 });
    void out.write("last");
    await out.end();
    expect(String(await take(unpacked(pull), 1))).toBe("last");
    await expect(out.write("late")).rejects.toBeInstanceOf(ClosedError);
  });

  test("by abort drops what waits, and says so", async () => {
    const { push } = await pipe();
    const ending = new AbortController();
    const out = packed(push, { maxDelay: 60_000, signal: ending.signal });
    void out.write("dropped");
    ending.abort(new Error("enough"));
    await expect(out.write("late")).rejects.toThrow("enough");
    await expect(out.end()).rejects.toThrow("enough");
    await expect(out.flush()).resolves.toBeUndefined();
  });

  test("of the socket, with many frames on their way, warns once where no call tells of it", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on("warning", note);
    const push = open(new Push());
    const out = packed(push, { maxBytes: 1_000 });
    for (let message = 0; message < 15; message++) void out.write("x".repeat(900))?.catch(() => {});
    await push.close({ linger: 0 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.off("warning", note);
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining("Packed messages were lost")]);
  });

  test("of the socket is not warned of where a flush waits, which tells", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on("warning", note);
    const push = open(new Push());
    const out = packed(push);
    void out.write("x");
    const told = expect(out.flush()).rejects.toBeInstanceOf(ClosedError);
    await push.close({ linger: 0 });
    await told;
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", note);
    expect(warnings).toEqual([]);
  });

  test("of the socket or the writing is told by each call that waits", async () => {
    for (const how of ["closes", "aborts"]) {
      const ending = new AbortController();
      const push = open(new Push());
      const out = packed(push, { signal: ending.signal, maxBytes: 1_000 });
      const room = out.write("x".repeat(5_000));
      const told = Promise.allSettled([room, out.flush(), out.flush(), out.end()]);
      if (how === "aborts") ending.abort(new Error("enough"));
      else await push.close({ linger: 0 });
      const error = how === "aborts" ? { message: "enough" } : { code: "ERR_CLOSED" };
      for (const outcome of await told) expect(outcome).toMatchObject({ status: "rejected", reason: error });
      await expect(out.end()).resolves.toBeUndefined();
    }
  });

  test("of the socket before the flush is told by the next call, once", async () => {
    const { push } = await pipe();
    const out = packed(push, { maxDelay: 60_000 });
    void out.write("lost");
    await push.close();
    await expect(out.write("late")).rejects.toThrow("the Push socket is closed");
    await expect(out.flush()).rejects.toBeInstanceOf(ClosedError);
    await expect(out.flush()).resolves.toBeUndefined();
    await expect(packed(push).write("late")).rejects.toBeInstanceOf(ClosedError);
  });

  test("of a peer of a Router is told, and disturbs no other", async () => {
    const router = open(new Router());
    const dealer = open(new Dealer({ routingId: "here" }));
    dealer.connect(await router.bind("tcp://127.0.0.1:*"));
    await router.ready();
    const out = packed(router);
    void out.write(["here", "1"]);
    void out.write(["gone", "2"]);
    void out.write(["here", "3"]);
    expect((await take(unpacked(dealer), 2)).map(String)).toEqual(["1", "3"]);
    await expect(out.flush()).rejects.toMatchObject({ code: "ERR_UNROUTABLE" });
    await expect(out.end()).resolves.toBeUndefined();
  });
});

test("several peers that are not there are told of one after the other", async () => {
  const router = open(new Router());
  const out = packed(router);
  for (const peer of ["one", "two", "three"]) void out.write([peer, "x"]);
  void out.write(["one", "y"]);
  const peers: string[] = [];
  for (let call = 0; call < 3; call++)
    await out.flush().catch((error: UnroutableError) => peers.push(String(error.routingId)));
  expect(peers.sort()).toEqual(["one", "three", "two"]);
  await expect(out.end()).resolves.toBeUndefined();
});

describe("a damaged frame", () => {
  const good = frameOf(Buffer.from("a"), Buffer.from("b"));
  const damaged = Buffer.concat([good, Buffer.from([9, 9])]);

  test("is told of, behind its good messages, and the loop goes on", async () => {
    const { push, pull } = await pipe();
    await push.sendAll([damaged, "no frame", ["two", "frames"], good]);
    const errors: PackedError[] = [];
    const frames: number[] = [];
    const loop = unpacked(pull, {
      onError: (error, message) => {
        errors.push(error);
        frames.push(message.length);
      },
    });
    expect((await take(loop, 4)).map(String)).toEqual(["a", "b", "a", "b"]);
    expect(errors).toHaveLength(3);
    for (const error of errors) expect(error).toBeInstanceOf(PackedError);
    expect(frames).toEqual([1, 1, 2]);
  });

  test("makes the loop throw without onError, and the next loop goes on behind it", async () => {
    const { push, pull } = await pipe();
    await push.sendAll([damaged, good]);
    const seen: string[] = [];
    const loop = (async () => {
      for await (const message of unpacked(pull)) seen.push(String(message));
    })();
    await expect(loop).rejects.toBeInstanceOf(PackedError);
    expect(seen).toEqual(["a", "b"]);
    expect((await take(unpacked(pull), 2)).map(String)).toEqual(["a", "b"]);
  });

  test.each(["message by message", "in batches"])("leaves nothing of the loop that threw, read %s", async (how) => {
    const { push, pull } = await pipe();
    await push.sendAll(Array.from({ length: 20 }, () => damaged));
    const { signal } = new AbortController();
    for (let loop = 0; loop < 20; loop++) {
      const stream = unpacked(pull, { signal });
      const reading = how === "in batches" ? stream.batches() : stream;
      await expect(async () => {
        for await (const _ of reading);
      }).rejects.toBeInstanceOf(PackedError);
      expect(await stream.next()).toEqual({ value: undefined, done: true });
    }
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

test("a damaged frame has its good messages given in a batch first", async () => {
  const { push, pull } = await pipe();
  const good = frameOf(Buffer.from("a"), Buffer.from("b"));
  const damaged = Buffer.concat([good, Buffer.from([9, 9])]);
  await push.sendAll([damaged, good, damaged]);
  const order: string[] = [];
  const loop = unpacked(pull, { onError: () => order.push("damage") });
  for await (const batch of loop.batches()) {
    order.push(batch.join(""));
    if (order.length === 4) break;
  }
  expect(order).toEqual(["ab", "damage", "ab", "ab", "damage"]);
  await push.send(damaged);
  const batches = unpacked(pull).batches();
  expect((await batches.next()).value?.join("")).toBe("ab");
  await expect(batches.next()).rejects.toBeInstanceOf(PackedError);
});

test("many writers and loops share a socket and a signal without a warning", async () => {
  const warnings: string[] = [];
  const warn = (warning: Error) => warnings.push(warning.message);
  process.on("warning", warn);
  const { push, pull } = await pipe();
  const { signal } = new AbortController();
  const outs = Array.from({ length: 20 }, () => packed(push, { signal }));
  const loops = Array.from({ length: 20 }, () => unpacked(pull, { signal }));
  for (const out of outs) await out.write("x");
  await Promise.all(outs.map((out) => out.end()));
  expect((await take(loops[0] as AsyncIterable<Buffer>, 20)).length).toBe(20);
  await Promise.all(loops.map((loop) => loop.return()));
  await new Promise(setImmediate);
  process.off("warning", warn);
  expect(warnings).toEqual([]);
});

describe("leaving a loop", () => {
  test("by break, by abort or between calls of next loses nothing", async () => {
    const { push, pull } = await pipe();
    const out = packed(push);
    for (let count = 0; count < 100; count++) void out.write(`${count}`);
    const seen: string[] = [];
    seen.push(...(await take(unpacked(pull), 10)).map(String));
    const ending = new AbortController();
    const loop = unpacked(pull, { signal: ending.signal });
    seen.push(String((await loop.next()).value));
    ending.abort(new Error("enough"));
    await expect(loop.next()).rejects.toThrow("enough");
    for await (const batch of unpacked(pull).batches()) {
      seen.push(...batch.map(String));
      if (seen.length === 100) break;
    }
    expect(seen).toEqual(Array.from({ length: 100 }, (_, count) => `${count}`));
    await expect(pull.receive({ timeout: 0 })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
  });

  test("calls of next that wait together get the messages in order", async () => {
    const { push, pull } = await pipe();
    const loop = unpacked(pull);
    const waiting = Array.from({ length: 10 }, () => loop.next());
    const out = packed(push);
    for (let count = 0; count < 10; count++) void out.write(`${count}`);
    const results = await Promise.all(waiting);
    expect(results.map(({ value }) => String(value))).toEqual([..."0123456789"]);
    await loop.return();
    expect((await loop.next()).done).toBe(true);
  });

  test("a message that is kept is a view of its frame, or a copy where that is asked for", async () => {
    const { push, pull } = await pipe();
    const out = packed(push, { maxDelay: 1 });
    for (const message of ["a", "b", "c", "d"]) void out.write(message);
    const [first, second] = (await take(unpacked(pull), 2)) as [Buffer, Buffer];
    expect(first.buffer).toBe(second.buffer);
    const [third] = (await take(unpacked(pull, { copy: true }), 1)) as [Buffer];
    expect(third.buffer).not.toBe(first.buffer);
    expect(String(third)).toBe("c");
  });
});
