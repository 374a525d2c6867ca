/** Streams that a layer leaves behind: nothing goes on without a reader, and no failure is lost or ends the process. */

import { Readable } from "node:stream";
import { eventually, gate } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import type { ClientMiddleware } from "../../src/index.ts";
import { answering, probe } from "../probe.ts";
import { all, closeAll, errorOf, isQuiet, scene } from "../scene.ts";

afterEach(closeAll);

async function* endless() {
  for (let number = 0; ; number++) yield String(number);
}

/** Streams that end only when they are left, behind layers of the client. */
function behind(...use: ClientMiddleware[]) {
  const handlers = { ...answering((value) => value), serverStreaming: endless, bidiStreaming: endless };
  return scene(probe, handlers, { remote: { use } });
}

/** A source that has failed before anybody reads it. */
async function failed(): Promise<Readable> {
  const source = new Readable({ objectMode: true, read() {} });
  setImmediate(() => source.destroy(new Error("the disk is full")));
  return source;
}

describe("a stream ends at its server when a layer of the client", () => {
  test("throws after it got the stream", async () => {
    const { calls, client, server } = behind(async (_, next) => {
      const items = (await next()) as AsyncIterator<string>;
      await items.next();
      throw new Error("changed my mind");
    });
    for (const stream of [calls.serverStreaming("a"), calls.bidiStreaming(["a"])])
      expect(await errorOf(all(stream))).toMatchObject({ message: "changed my mind" });
    await isQuiet(server);
    expect(client.stats.inFlight).toBe(0);
  });

  test("gives other items, which end or fail", async () => {
    const { calls, client, server } = behind(async ({ input }, next) => {
      const items = (await next()) as AsyncIterator<string>;
      const { value } = await items.next();
      return (async function* () {
        yield value;
        if (input === "fail") throw new Error("changed my mind");
      })();
    });
    expect(await all(calls.serverStreaming("a"))).toEqual(["0"]);
    expect(await all(calls.bidiStreaming(["a"]))).toEqual(["0"]);
    expect(await errorOf(all(calls.serverStreaming("fail")))).toMatchObject({ message: "changed my mind" });
    await isQuiet(server);
    expect(client.stats.inFlight).toBe(0);
  });
});

test("a layer of a client may call next when its items are read first, and loses nothing of the source", async () => {
  const { calls } = scene(
    probe,
    answering((value) => value),
    {
      remote: {
        use: [
          (_, next) =>
            (async function* () {
              yield* (await next()) as AsyncIterable<string>;
            })(),
        ],
      },
    },
  );
  function* source() {
    yield "a";
    yield "b";
  }
  expect(await all(calls.bidiStreaming(source()))).toEqual(["a", "b"]);
});

test("a source that a layer of the client never read is released when the reader leaves", async () => {
  const waits = gate();
  const { calls, server } = behind(async (_, next) => {
    await waits.opened;
    return next();
  });
  const source = new Readable({ objectMode: true, read() {} });
  const stream = calls.bidiStreaming(source);
  const first = stream.next();
  await stream.return();
  expect(await first).toEqual({ value: undefined, done: true });
  await eventually(() => source.destroyed);
  waits.open();
  await isQuiet(server);
});

test("a source that fails while a layer of the client waits fails its call", async () => {
  const waits = gate();
  const layer: ClientMiddleware = async (_, next) => {
    await waits.opened;
    return next();
  };
  const reading = answering((value) => value);
  const { calls } = scene(probe, reading, { remote: { use: [layer] } });
  const [one, other] = await Promise.all([failed(), failed()]);
  const errors = [errorOf(calls.clientStreaming(one)), errorOf(all(calls.bidiStreaming(other)))];
  await eventually(() => one.errored !== null && other.errored !== null);
  await new Promise(setImmediate); // the event `error` follows
  waits.open();
  for (const error of errors) expect(await error).toMatchObject({ message: "the disk is full" });
});

test("an output that fails while a layer of the service waits fails its call", async () => {
  const { calls } = scene(
    probe,
    { ...answering((value) => value), serverStreaming: failed },
    {
      implement: {
        use: [
          async (_, next) => {
            const output = (await next()) as Readable;
            await eventually(() => output.errored !== null);
            await new Promise(setImmediate); // the event `error` follows
            return output;
          },
        ],
      },
    },
  );
  expect(await errorOf(all(calls.serverStreaming("a")))).toMatchObject({ message: "the disk is full" });
});
