/** Where input comes from: files, generators and iterators are released however the call ends. */

import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { eventually } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import type { RequestHandler, StreamCallOptions } from "../../../src/index.ts";
import { aborted, client, closeAll, connected, served } from "../pair.ts";
import { take } from "./reading.ts";

afterEach(closeAll);

const thisFile = new URL(import.meta.url).pathname;

const unread: RequestHandler = async function* () {
  yield "one";
  yield "two";
};

/** How a call may end before its input is read. */
const endings: Record<string, (options: StreamCallOptions) => Promise<unknown>> = {
  "the handler ends": async (options) => {
    for await (const _ of client(served(unread)).stream("?", options));
  },
  "the handler throws": async (options) => {
    const server = served(() => Promise.reject(new Error("mine")));
    await client(server)
      .stream("?", options)
      .next()
      .catch(() => {});
  },
  "the reader leaves": async (options) => {
    const stream = client(served(unread)).stream("?", options);
    await take(stream, 1);
    await stream.return();
  },
  "return() comes at once": (options) => client(served(unread)).stream("?", options).return(),
  "the signal aborts": async (options) => {
    const enough = new AbortController();
    const stream = client(served(unread)).stream("?", { ...options, signal: enough.signal });
    await take(stream, 1);
    enough.abort();
    await stream.return();
  },
  "the client closes": async (options) => {
    const asking = client(served(unread));
    const stream = asking.stream("?", options);
    await take(stream, 1);
    await asking.close();
  },
  "no server is there": async (options) => {
    const asking = connected({ connect: "tcp://127.0.0.1:9" });
    await asking
      .stream("?", { ...options, waitForServer: false })
      .next()
      .catch(() => {});
  },
};

describe("input that nobody has read is released when", () => {
  test.each(Object.entries(endings))("%s", async (_, end) => {
    const file: Readable = createReadStream(thisFile);
    await end({ input: file });
    await eventually(() => file.destroyed);

    let closed = 0;
    const iterator = { next: () => ({ value: "x", done: false }), return: () => ({ value: closed++, done: true }) };
    await end({ input: { [Symbol.iterator]: () => iterator as Iterator<string> } });
    await eventually(() => closed > 0);
    expect(closed).toBe(1);
  });
});

test("a file that cannot be opened ends the call, and the stream throws its error", async () => {
  const server = served(async (_, { signal }) => aborted(signal).then(() => "never"));
  const stream = client(server).stream("?", { input: createReadStream("/no/such/file") });
  await expect(stream.next()).rejects.toMatchObject({ code: "ENOENT" });
  await stream.return();
  await eventually(() => server.stats.running === 0);
});

test("a file that fails before it is read cancels the call", async () => {
  const file = new Readable({ read() {} });
  let reason: unknown;
  const server = served(async (_, { signal }) => {
    file.destroy(new Error("the disk is gone"));
    reason = await aborted(signal);
    return "never";
  });
  const stream = client(server).stream("?", { input: file });
  await expect(stream.next()).rejects.toThrow("the disk is gone");
  await eventually(() => reason !== undefined);
  expect(reason).toMatchObject({ code: "ERR_CANCELLED" });
});

test("a file arrives whole, and a promise in an array is awaited", async () => {
  const server = served(async (_, { input }) => {
    let size = 0;
    for await (const frames of input) for (const { length } of frames) size += length;
    return String(size);
  });
  const asking = client(server);
  const chunks: number[] = [];
  const file = createReadStream(thisFile, { highWaterMark: 100 });
  file.on("data", ({ length }) => chunks.push(length)).pause();
  const [size] = await take(asking.stream("?", { input: file }), 1);
  expect(Number(size)).toBe(chunks.reduce((sum, length) => sum + length, 0));
  expect(file.destroyed).toBe(true);
  const [three] = await take(asking.stream("?", { input: ["ab", Promise.resolve("c") as never] }), 1);
  expect(String(three)).toBe("3");
});

test("a file that a handler returns is closed when its reader leaves", async () => {
  const files: Readable[] = [];
  const server = served(() => {
    const file = createReadStream(thisFile, { highWaterMark: 10 });
    files.push(file);
    return file as AsyncIterable<Buffer>;
  });
  const stream = client(server).stream("?", { window: { items: 1 } });
  await take(stream, 1);
  await stream.return();
  expect(files.map(({ destroyed }) => destroyed)).toEqual([true]);
});

test("a file that cannot be opened, returned to a plain request, does not end the process", async () => {
  const files: Readable[] = [];
  const server = served(() => {
    const file = createReadStream("/no/such/file");
    files.push(file);
    return file as AsyncIterable<Buffer>;
  });
  await expect(client(server).request("?")).rejects.toMatchObject({ code: "ERR_UNSUPPORTED" });
  await eventually(() => files[0]?.closed === true);
  expect(server.stats).toMatchObject({ running: 0, failed: 1 });
});
