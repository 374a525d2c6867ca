/** A socket as a stream of Node or of the web. */

import { once } from "node:events";
import { Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { ReadableStream } from "node:stream/web";
import { eventually, fixture, pair, sized, spawnProcess } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { type Message, Pull, Push, toWritable, toWritableStream } from "../../src/index.ts";

const pushAndPull = () => pair({ pull: new Pull(), push: new Push({ linger: 0 }) });

/** A bound Push without a peer: what is sent on it waits. */
async function lonely(): Promise<{ push: Push; endpoint: string } & AsyncDisposable> {
  const push = new Push({ linger: 0 });
  const endpoint = await push.bind("tcp://127.0.0.1:*");
  return { push, endpoint, [Symbol.asyncDispose]: () => push.close() };
}

/** Gives the first message that `push` delivers after all that came before. */
async function nextDelivered(push: Push, endpoint: string): Promise<string> {
  await using pull = new Pull();
  pull.connect(endpoint);
  await push.send("after");
  return text(await pull.receive({ timeout: 100_000 }));
}

function text([body]: Message): string {
  return body.toString();
}

describe.each([
  ["Readable", (pull: Pull) => Readable.from(pull) as AsyncIterable<Message>],
  ["ReadableStream", (pull: Pull) => ReadableStream.from(pull)],
])("%s.from a socket", (_, from) => {
  test("gives its messages in order, and ends when the socket closes", async () => {
    await using sockets = await pushAndPull();
    const { push, pull } = sockets;
    const sent = Array.from({ length: 1_000 }, (_, number) => `${number}`);
    await push.sendAll(sent);
    const received: string[] = [];
    for await (const message of from(pull)) {
      if (received.push(text(message)) === sent.length) void pull.close();
    }
    expect(received).toEqual(sent);
  });
});

describe("Readable.from a socket", () => {
  test("leaves the socket open when it is destroyed while it waits", async () => {
    await using sockets = await pushAndPull();
    const { push, pull } = sockets;
    const readable = Readable.from(pull);
    readable.resume();
    readable.destroy();
    await once(readable, "close");
    await push.send("next");
    expect(pull.closed).toBe(false);
    expect(text(await pull.receive())).toBe("next");
  });

  test("passes the error of a later stage to the pipeline, and leaves the sockets open", async () => {
    await using sockets = await pushAndPull();
    const { push, pull } = sockets;
    await push.sendAll(["fine", "bad", "next"]);
    await using out = new Push({ linger: 0 });
    await using sink = new Pull();
    out.connect(await sink.bind("tcp://127.0.0.1:*"));
    const refusing = async function* (messages: AsyncIterable<Message>) {
      for await (const message of messages) {
        if (text(message) === "bad") throw new Error("refused");
        yield message;
      }
    };
    await expect(pipeline(Readable.from(pull), refusing, toWritable(out))).rejects.toThrow("refused");
    expect([pull.closed, out.closed]).toEqual([false, false]);
    await out.send("still");
    const received = [text(await sink.receive())];
    if (received[0] === "fine") received.push(text(await sink.receive()));
    expect(received.at(-1)).toBe("still");
  });
});

describe("ReadableStream.from a socket", () => {
  test("leaves the socket open when it is cancelled while it waits", async () => {
    await using sockets = await pushAndPull();
    const { push, pull } = sockets;
    const reader = ReadableStream.from(pull).getReader();
    const waiting = reader.read();
    await reader.cancel();
    await expect(waiting).resolves.toEqual({ value: undefined, done: true });
    await push.send("next");
    expect(text(await pull.receive())).toBe("next");
  });
});

describe("toWritable", () => {
  test("sends each chunk as a message, whole, and is finished when the last was accepted", async () => {
    await using sockets = await pushAndPull();
    const { push, pull } = sockets;
    const writable = toWritable(push);
    writable.write("text");
    writable.write(["two", Buffer.from([0, 255])]);
    writable.end([null]);
    await finished(writable);
    expect(push.closed).toBe(false);
    expect(text(await pull.receive())).toBe("text");
    expect(await pull.receive()).toEqual([Buffer.from("two"), Buffer.from([0, 255])]);
    expect(await pull.receive()).toEqual([Buffer.alloc(0)]);
  });

  test("asks its source to pause at highWaterMark messages, and goes on when they were sent", async () => {
    await using bound = await lonely();
    const { push, endpoint } = bound;
    const writable = toWritable(push, { highWaterMark: 3 });
    expect(["1", "2", "3"].map((chunk) => writable.write(chunk))).toEqual([true, true, false]);
    const drained = once(writable, "drain");
    await using pull = new Pull();
    pull.connect(endpoint);
    await drained;
    expect([await pull.receive(), await pull.receive(), await pull.receive()].map(text)).toEqual(["1", "2", "3"]);
  });

  test("pulls no more from its source than libzmq and its buffers take, when nobody reads", async () => {
    await using push = new Push({ linger: 0, sendHighWaterMark: 5, sendBufferSize: 65_536 });
    await using pull = new Pull({ receiveHighWaterMark: 5, receiveBufferSize: 65_536 });
    push.connect(await pull.bind("tcp://127.0.0.1:*"));
    const stop = new AbortController();
    let pulled = 0;
    const source = function* () {
      for (;;) yield Buffer.alloc(100_000, pulled++);
    };
    const flowing = pipeline(source, toWritable(push), { signal: stop.signal });
    flowing.catch(() => {});
    let last = 0;
    await eventually(
      () => {
        const still = pulled >= 16 && pulled === last;
        last = pulled;
        return still;
      },
      { interval: 200 },
    );
    // 16 in the stream, 5 at each socket, and what TCP and libzmq's threads hold.

    expect(pulled).toBeLessThan(50);
    stop.abort();
    await expect(flowing).rejects.toMatchObject({ name: "AbortError" });
  });

  test("gives up a waiting send when it is destroyed: it is never delivered later", async () => {
    await using bound = await lonely();
    const { push, endpoint } = bound;
    const writable = toWritable(push);
    writable.write("withdrawn");
    writable.write("withdrawn too");
    writable.destroy(new Error("enough"));
    await expect(finished(writable)).rejects.toThrow("enough");
    expect(await nextDelivered(push, endpoint)).toBe("after");
  });

  test("fails with the error of a chunk that can't be sent, and leaves the socket open", async () => {
    await using sockets = await pushAndPull();
    const { push, pull } = sockets;
    const writable = toWritable<unknown>(push as never);
    writable.write({ not: "a frame" });
    await expect(finished(writable)).rejects.toThrow(TypeError);
    await push.send("next");
    expect(text(await pull.receive())).toBe("next");
  });

  test("fails with ClosedError when the socket closes under it", async () => {
    await using bound = await lonely();
    const { push } = bound;
    const writable = toWritable(push);
    writable.write("never");
    const failed = expect(finished(writable)).rejects.toMatchObject({ code: "ERR_CLOSED" });
    await push.close({ linger: 0 });
    await failed;
  });
});

describe("toWritableStream", () => {
  test("sends each chunk as a message, and closing it leaves the socket open", async () => {
    await using sockets = await pushAndPull();
    const { push, pull } = sockets;
    const writer = toWritableStream(push).getWriter();
    await writer.write("text");
    await writer.write(null);
    await writer.close();
    await push.send("next");
    expect(text(await pull.receive())).toBe("text");
    expect(await pull.receive()).toEqual([Buffer.alloc(0)]);
    expect(text(await pull.receive())).toBe("next");
  });

  test("counts down what it wants by the messages that wait", async () => {
    await using bound = await lonely();
    const { push, endpoint } = bound;
    const writer = toWritableStream(push, { highWaterMark: 2 }).getWriter();
    expect(writer.desiredSize).toBe(2);
    const writes = [writer.write("1"), writer.write("2")];
    expect(writer.desiredSize).toBe(0);
    await using pull = new Pull();
    pull.connect(endpoint);
    await Promise.all(writes);
    expect(writer.desiredSize).toBe(2);
    expect([await pull.receive(), await pull.receive()].map(text)).toEqual(["1", "2"]);
  });

  test("gives up a waiting send when it is aborted: it is never delivered later", async () => {
    await using bound = await lonely();
    const { push, endpoint } = bound;
    const writer = toWritableStream(push).getWriter();
    writer.closed.catch(() => {});
    const reason = new Error("enough");
    const written = writer.write("withdrawn");
    const outcome = expect(written).rejects.toBe(reason);
    await writer.abort(reason);
    await outcome;
    expect(await nextDelivered(push, endpoint)).toBe("after");
  });

  test("fails with the error of a chunk that can't be sent, and leaves the socket open", async () => {
    await using sockets = await pushAndPull();
    const { push, pull } = sockets;
    const source = ReadableStream.from<unknown>(["fine", 7]);
    await expect(source.pipeTo(toWritableStream<unknown>(push as never) as never)).rejects.toThrow(TypeError);
    await push.send("next");
    expect([await pull.receive(), await pull.receive()].map(text)).toEqual(["fine", "next"]);
  });
});

describe("many messages from a fast sender, through streams, to a slow reader, all in processes of their own", () => {
  test.each([
    ["Readable.from, pipeline and toWritable", "node"],
    ["ReadableStream.from, pipeThrough and toWritableStream", "web"],
  ])("%s keep their order, and memory stays flat", async (_, kind) => {
    const count = sized({ test: 50_000, soak: 1_000_000 });
    await using reader = spawnProcess(fixture("slow-reader.mjs", import.meta.url), { args: [`${count}`] });
    await using relay = spawnProcess(fixture("relay.mjs", import.meta.url), {
      execArgv: ["--expose-gc"],
      args: [kind, await reader.line("tcp://"), `${count}`],
    });
    await using _sender = spawnProcess(fixture("flood-writer.mjs", import.meta.url), {
      args: [await relay.line("tcp://"), `${count}`, "numbered"],
    });
    const { passed, open, heap, resident } = JSON.parse(await relay.line(/^\{/));
    // What the reader leaves would be 10 MB of heap, and 35 in all.
    expect({ passed, open }).toEqual({ passed: count, open: true });

    expect(heap).toBeLessThan(5);
    expect(resident).toBeLessThan(25);
    expect(JSON.parse(await reader.line(/^\{/))).toEqual({ inOrder: count });
    await expect(relay.exited).resolves.toMatchObject({ code: 0, stderr: "" });
  });
});
