/** Middleware of clients: what it sees and changes, and calls that are left in the middle of it. */

import { gate } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { type ClientCall, type ClientMiddleware, remote } from "../../src/index.ts";
import { answering, call, kinds, probe } from "../probe.ts";
import { aborted, all, closeAll, errorOf, isQuiet, scene } from "../scene.ts";

afterEach(closeAll);

/** A client with middleware, of handlers that append "!" and what the client says. */
function through(...use: ClientMiddleware[]) {
  return scene(
    probe,
    answering((value, { metadata }) => `${value}!${metadata.token ?? ""}`),
    { remote: { use } },
  );
}

test.each(kinds)("layers lie around each other in a %s call, the first outermost", async (kind) => {
  const did: string[] = [];
  const layer =
    (name: string): ClientMiddleware =>
    async (_, next) => {
      did.push(`${name} in`);
      const output = await next();
      did.push(`${name} out`);
      return output;
    };
  const { calls } = through(layer("outer"), layer("inner"));
  expect(await call(calls, kind, "a")).toBe("a!");
  expect(did).toEqual(["outer in", "inner in", "inner out", "outer out"]);
});

test.each(kinds)("a layer of a %s call sees the method, input, metadata and signal", async (kind) => {
  const seen: ClientCall[] = [];
  const { calls } = through((each, next) => {
    seen.push(each);
    return next();
  });
  const { signal } = new AbortController();
  expect(await call(calls, kind, "a", { metadata: { token: "t" }, signal })).toBe("a!t");
  const [each] = seen as [ClientCall];
  expect(each).toMatchObject({ method: probe[kind], metadata: { token: "t" } });
  expect(each.signal).toBeInstanceOf(AbortSignal);
  expect(each.input).toEqual(kind === "unary" || kind === "serverStreaming" ? "a" : ["a"]);
});

test.each(kinds)("a layer of a %s call adds metadata", async (kind) => {
  const { calls } = through((each, next) => next({ metadata: { ...each.metadata, token: "secret" } }));
  expect(await call(calls, kind, "a", { metadata: { other: "b" } })).toBe("a!secret");
  const { calls: wrong } = through((_, next) => next({ metadata: { token: 7 as never } }));
  expect(await errorOf(call(wrong, kind, "a"))).toBeInstanceOf(TypeError);
});

test.each(kinds)("a layer changes the input of a %s call", async (kind) => {
  const reads = kind === "clientStreaming" || kind === "bidiStreaming";
  const { calls } = through((_, next) => next({ input: reads ? ["b"] : "b" }));
  expect(await call(calls, kind, "a")).toBe("b!");
});

test("a layer changes the output, of streams item by item", async () => {
  const { calls } = through(async (_, next) => {
    const output = await next();
    if (typeof output === "string") return `<${output}>`;
    return (async function* () {
      for await (const item of output as AsyncIterable<string>) yield `<${item}>`;
    })();
  });
  for (const kind of kinds) expect(await call(calls, kind, "a")).toBe("<a!>");
});

test.each(kinds)("a layer answers a %s call itself, and nothing is sent", async (kind) => {
  const { calls, client } = through(async ({ method }) =>
    method.kind === "unary" || method.kind === "client-streaming"
      ? "cached"
      : (async function* () {
          yield "cached";
        })(),
  );
  expect(await call(calls, kind, "a")).toBe("cached");
  expect(client.stats).toMatchObject({ succeeded: 0, failed: 0, inFlight: 0 });
});

test.each(kinds)("a layer retries a %s call by calling next again", async (kind) => {
  let attempts = 0;
  const { client, server } = scene(
    probe,
    answering((value) => {
      attempts += 1;
      if (attempts < 3) throw new Error("not yet");
      return value;
    }),
  );
  const retry: ClientMiddleware = async ({ method }, next) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const output = await next();
        if (method.kind === "unary" || method.kind === "client-streaming") return output;
        return (await all(output as AsyncIterable<unknown>)).values();
      } catch (error) {
        if (attempt === 3) throw error;
      }
    }
  };
  const iterable: ClientMiddleware = async (_, next) => {
    const output = await next();
    return typeof output === "string" ? output : toAsync(output as Iterable<unknown>);
  };
  expect(await call(remote(probe, client, { use: [iterable, retry] }), kind, "a")).toBe("a");
  expect(attempts).toBe(3);
  expect(client.stats).toMatchObject({ succeeded: 1, failed: 2 });
  await isQuiet(server);
});

async function* toAsync(items: Iterable<unknown>) {
  yield* items;
}

test.each(kinds)("errors of a layer of a %s call reach its caller, and those of the call the layer", async (kind) => {
  const { calls } = through(() => {
    throw new Error("offline");
  });
  expect(await errorOf(call(calls, kind, "a"))).toMatchObject({ message: "offline" });
  const seen: unknown[] = [];
  const { client } = through();
  const watched = remote(probe, client, {
    use: [
      (_, next) =>
        next().catch((error) => {
          seen.push(error);
          throw error;
        }),
    ],
  });
  expect(await errorOf(call(watched, kind, "a", { signal: AbortSignal.abort(new Error("late")) }))).toMatchObject({
    message: "late",
  });
  if (kind === "unary" || kind === "clientStreaming") expect(seen).toHaveLength(1);
});

test.each(["serverStreaming", "bidiStreaming"] as const)("a layer must give an iterable for %s", async (kind) => {
  const { calls, server } = through(async (_, next) => {
    await next();
    return 7;
  });
  expect(await errorOf(call(calls, kind, "a"))).toBeInstanceOf(TypeError);
  await isQuiet(server);
});

describe("a stream that is left", () => {
  const endless = () => {
    async function* numbers() {
      for (let number = 0; ; number++) yield String(number);
    }
    return { ...answering((value) => value), serverStreaming: numbers, bidiStreaming: numbers };
  };

  test("while a layer still waits, before next: its signal aborts, and nothing is sent", async () => {
    const waits = gate();
    const { calls, client, server } = scene(probe, endless(), {
      remote: {
        use: [
          async ({ signal }, next) => {
            waits.open();
            await aborted(signal as AbortSignal);
            signal?.throwIfAborted();
            return next();
          },
        ],
      },
    });
    for (const stream of [calls.serverStreaming("a"), calls.bidiStreaming(["a"])]) {
      const first = stream.next();
      await waits.opened;
      await stream.return();
      expect(await first).toEqual({ value: undefined, done: true });
    }
    expect(client.stats).toMatchObject({ inFlight: 0, succeeded: 0, failed: 0 });
    expect(server.stats.running).toBe(0);
  });

  test("while a layer that ignores its signal waits: it opens no stream later", async () => {
    const opens = gate();
    const passed = gate();
    const { calls, client, server } = scene(probe, endless(), {
      remote: {
        use: [
          async (_, next) => {
            await opens.opened;
            return next().finally(passed.open);
          },
        ],
      },
    });
    const stream = calls.serverStreaming("a");
    const first = stream.next();
    await stream.return();
    opens.open();
    expect(await first).toEqual({ value: undefined, done: true });
    await passed.opened;
    expect(client.stats).toMatchObject({ inFlight: 0, succeeded: 0, failed: 0 });
    await isQuiet(server);
  });

  test("while the generator of a layer waits for an item: return does not hang", async () => {
    const ended: string[] = [];
    const { calls, server, client } = scene(
      probe,
      {
        ...answering((value) => value),
        async *serverStreaming(_, { signal }) {
          yield "one";
          await aborted(signal);
        },
      },
      {
        remote: {
          use: [
            async (_, next) => {
              const output = (await next()) as AsyncIterable<string>;
              return (async function* () {
                try {
                  for await (const item of output) yield item;
                } finally {
                  ended.push("layer");
                }
              })();
            },
          ],
        },
      },
    );
    const stream = calls.serverStreaming("a");
    expect((await stream.next()).value).toBe("one");
    const second = stream.next();
    await stream.return();
    expect(await second).toEqual({ value: undefined, done: true });
    expect(ended).toEqual(["layer"]);
    await isQuiet(server);
    expect(client.stats.inFlight).toBe(0);
  });

  test("by a break through a generator of a layer ends the handler", async () => {
    const { calls, server } = scene(probe, endless(), {
      remote: { use: [async (_, next) => toAsyncItems((await next()) as AsyncIterable<unknown>)] },
    });
    for await (const number of calls.serverStreaming("a")) if (number === "3") break;
    for await (const number of calls.bidiStreaming(["a"])) if (number === "3") break;
    await isQuiet(server);
  });
});

async function* toAsyncItems(items: AsyncIterable<unknown>) {
  yield* items;
}
