/** What layers at either end may not do, and what limits them. */

import { createReadStream } from "node:fs";
import { fileURLToPath } from "node:url";
import { TimeoutError } from "@awaitmq/core";
import { eventually, gate } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { type ClientMiddleware, contract, type ServiceMiddleware, stream, type } from "../../src/index.ts";
import { answering, call, kinds, probe } from "../probe.ts";
import { closeAll, errorOf, isQuiet, scene } from "../scene.ts";

afterEach(closeAll);

type Next = () => Promise<unknown>;

/** Layers that forget to return what `next` gives. */
const forgetful: Readonly<Record<string, (call: unknown, next: Next) => unknown>> = {
  "awaits next()": async (_, next) => {
    await next();
  },
  "calls next() alone": (_, next) => {
    void next();
  },
};

describe.each(Object.entries(forgetful))("a layer that %s and returns nothing", (_, layer) => {
  test.each(kinds)("fails a %s call at the server", async (kind) => {
    const { calls, server } = scene(
      probe,
      answering((value) => value),
      { implement: { use: [layer as ServiceMiddleware] } },
    );
    const error = await errorOf(call(calls, kind, "a"));
    expect(error.message).toBe(
      `A middleware of ${probe[kind].path} returned nothing: return what next() gives, or another output`,
    );
    await isQuiet(server);
  });

  test.each(kinds)("fails a %s call at the client", async (kind) => {
    const { calls, server } = scene(
      probe,
      answering((value) => value),
      { remote: { use: [layer as ClientMiddleware] } },
    );
    const error = await errorOf(call(calls, kind, "a"));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain(`A middleware of ${probe[kind].path} returned nothing`);
    await isQuiet(server);
  });
});

const quiet = contract("quiet", { save: { input: type<string>() } });

test("a layer may return nothing if the method gives nothing", async () => {
  const awaits = forgetful["awaits next()"] as ServiceMiddleware & ClientMiddleware;
  const { calls } = scene(quiet, { save() {} }, { implement: { use: [awaits] }, remote: { use: [awaits] } });
  expect(await calls.save("a")).toBeUndefined();
});

test("an error that a forgetful layer does not await ends no process", async () => {
  const failing = async () => {
    throw new Error("not saved");
  };
  const alone = forgetful["calls next() alone"] as ServiceMiddleware;
  const { calls } = scene(quiet, { save: failing }, { implement: { use: [alone] } });
  expect((await errorOf(calls.save("a"))).message).toContain("returned nothing");
});

describe("a client's layer that waits for ever is limited by", () => {
  const hanging: ClientMiddleware = () => new Promise(() => {});
  const options = { remote: { use: [hanging] } };

  test.each(kinds)("the signal of a %s call", async (kind) => {
    const { calls } = scene(probe, answering(String), options);
    const enough = new AbortController();
    const error = errorOf(call(calls, kind, "a", { signal: enough.signal }));
    enough.abort(new Error("enough"));
    expect((await error).message).toBe("enough");
  });

  test.each(kinds)("the timeout of a %s call", async (kind) => {
    const { calls } = scene(probe, answering(String), options);
    const error = await errorOf(call(calls, kind, "a", { timeout: 50 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.message).toBe(`The middleware of ${probe[kind].path} did not end within 50 ms`);
  });

  test.each(kinds)("the end of the client of a %s call", async (kind) => {
    const { calls, client } = scene(probe, answering(String), options);
    const error = errorOf(call(calls, kind, "a"));
    await client.close();
    expect(await error).toMatchObject({ code: "ERR_CLOSED" });
  });
});

test("the time that layers take is part of the call's", async () => {
  const remaining: number[] = [];
  const slow: ClientMiddleware = async (_, next) => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    return next();
  };
  const { calls } = scene(
    probe,
    answering((value, context) => {
      remaining.push(context.remaining);
      return value;
    }),
    { remote: { use: [slow] } },
  );
  await calls.unary("a", { timeout: 100_000 });
  expect(remaining[0]).toBeLessThanOrEqual(100_000 - 59);
});

test("a late server is named, although the layers have a limit too", async () => {
  const opened = gate();
  const passing: ClientMiddleware = (_, next) => next();
  const waiting = answering(async (value) => {
    await opened.opened;
    return value;
  });
  const { calls } = scene(probe, waiting, { remote: { use: [passing] } });
  const error = await errorOf(calls.unary("a", { timeout: 50 }));
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error.message).not.toContain("middleware");
  opened.open();
});

describe("what a handler returns is closed when a layer of the service", () => {
  const files = contract("files", { read: { output: stream(type<unknown>()) } });
  const layers: Readonly<Record<string, ServiceMiddleware>> = {
    throws: async (_, next) => {
      await next();
      throw new Error("no");
    },
    "returns another stream": async (_, next) => {
      await next();
      return (async function* () {
        yield "instead";
      })();
    },
    "reads only a part": async (_, next) => {
      const items = (await next()) as AsyncIterable<unknown>;
      return (async function* () {
        const iterator = items[Symbol.asyncIterator]();
        yield (await iterator.next()).value;
      })();
    },
  };

  test.each(Object.entries(layers))("%s", async (_, layer) => {
    const file = createReadStream(fileURLToPath(import.meta.url), { highWaterMark: 16 });
    const { calls, server } = scene(files, { read: () => file }, { implement: { use: [layer] } });
    await (async () => {
      for await (const _ of calls.read()) {
        // All of it.
      }
    })().catch(() => {});
    await eventually(() => file.destroyed);
    await isQuiet(server);
  });
});

test.each([[5], [{ inputt: 1 }], [null]])("next refuses the changes %j at both ends", async (changes) => {
  const layer = (_: unknown, next: (changes: never) => unknown) => next(changes as never);
  for (const options of [{ implement: { use: [layer] } }, { remote: { use: [layer] } }]) {
    const { calls } = scene(probe, answering(String), options as never);
    expect((await errorOf(calls.unary("a"))).message).toContain("The changes of next");
  }
});
