/** Middleware of services: what it sees, what it changes, and what passes through it. */

import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  contract,
  Failure,
  type HandlerContext,
  implement,
  remote,
  type ServiceCall,
  type ServiceMiddleware,
  services,
  stream,
} from "../../src/index.ts";
import { answering, call, kinds, probe } from "../probe.ts";
import { aborted, all, closeAll, connected, errorOf, isQuiet, scene, served } from "../scene.ts";

afterEach(closeAll);

/** The probe behind middleware, whose handlers append "!". */
function behind(...use: ServiceMiddleware[]) {
  return scene(
    probe,
    answering((value) => `${value}!`),
    { implement: { use } },
  );
}

test.each(kinds)("layers lie around each other in a %s call, the first outermost", async (kind) => {
  const did: string[] = [];
  const layer =
    (name: string): ServiceMiddleware =>
    async (_, next) => {
      did.push(`${name} in`);
      const output = await next();
      did.push(`${name} out`);
      return output;
    };
  const { calls } = behind(layer("outer"), layer("inner"));
  expect(await call(calls, kind, "a")).toBe("a!");
  expect(did).toEqual(["outer in", "inner in", "inner out", "outer out"]);
});

test.each(kinds)(
  "a layer sees the method, input, metadata, signal and what else handlers of a %s call get",
  async (kind) => {
    const seen: ServiceCall[] = [];
    const { calls } = behind((each, next) => {
      seen.push(each);
      return next();
    });
    await call(calls, kind, "a", { metadata: { token: "secret" }, timeout: 60_000, priority: 3 });
    expect(seen).toHaveLength(1);
    const [each] = seen as [ServiceCall];
    expect(each.method).toBe(probe[kind]);
    expect(each.metadata).toEqual({ token: "secret" });
    expect(each.signal).toBeInstanceOf(AbortSignal);
    expect(each.stopping).toBeInstanceOf(AbortSignal);
    expect(each.priority).toBe(3);
    expect(each.remaining).toBeLessThanOrEqual(60_000);
    expect(each.user).toBeUndefined();
    if (kind === "unary" || kind === "serverStreaming") expect(each.input).toBe("a");
    else expect(Symbol.asyncIterator in (each.input as object)).toBe(true);
  },
);

test("a layer says who calls, and handlers and layers below get it, typed", async () => {
  interface User {
    readonly name: string;
  }
  const users: unknown[] = [];
  const signIn: ServiceMiddleware<User> = (each, next) => next({ user: { name: `${each.metadata.token}` } });
  const look: ServiceMiddleware<User> = (each, next) => {
    users.push(each.user?.name);
    return next();
  };
  const whoAmI = contract("me", { get: { output: z.string() } });
  const handler = (_: undefined, { user }: HandlerContext<typeof whoAmI.get, User>) => user.name;
  const service = implement(whoAmI, { get: handler }, { use: [signIn, look] });
  const calls = remote(whoAmI, connected(served(services(service))));
  expect(await calls.get(undefined, { metadata: { token: "Ada" } })).toBe("Ada");
  expect(users).toEqual(["Ada"]);
});

describe("a layer may change", () => {
  test("the input of a call, also to undefined, and its output", async () => {
    const { calls } = behind(async (each, next) => `${await next({ input: `<${each.input}>` })}?`);
    expect(await calls.unary("a")).toBe("<a>!?");
    const { calls: cleared } = behind((_, next) => next({ input: undefined }));
    expect(await cleared.unary("a")).toBe("undefined!");
  });

  test("the streams of both directions, item by item", async () => {
    async function* around(items: AsyncIterable<unknown>, mark: string) {
      for await (const item of items) yield `${mark}${item}${mark}`;
    }
    const { calls } = behind(async (each, next) => {
      const reads = each.method.kind === "bidi-streaming" || each.method.kind === "client-streaming";
      const output = await next(reads ? { input: around(each.input as AsyncIterable<unknown>, "'") } : {});
      return typeof output === "string" ? output : around(output as AsyncIterable<unknown>, "|");
    });
    expect(await all(calls.serverStreaming("a"))).toEqual(["|a!|"]);
    expect(await calls.clientStreaming(["a", "b"])).toBe("'b'!");
    expect(await all(calls.bidiStreaming(["a", "b"]))).toEqual(["|'a'!|", "|'b'!|"]);
  });

  test("nothing by not calling next: it answers itself", async () => {
    const own = contract("own", { get: { output: z.string() }, list: { output: stream(z.string()) } });
    const refuse = () => {
      throw new Error("not reached");
    };
    const use: ServiceMiddleware[] = [
      (each) =>
        each.method.kind === "unary"
          ? "cached"
          : (async function* () {
              yield "cached";
            })(),
    ];
    const { calls } = scene(own, { get: refuse, list: refuse }, { implement: { use } });
    expect(await calls.get()).toBe("cached");
    expect(await all(calls.list())).toEqual(["cached"]);
  });

  test("what the output's schema then refuses", async () => {
    const own = contract("own", { get: { output: z.string() } });
    const { calls } = scene(own, { get: () => "text" }, { implement: { use: [async () => 7] } });
    expect(await errorOf(calls.get())).toMatchObject({ code: "ERR_SCHEMA" });
  });
});

describe("errors", () => {
  test.each(kinds)("that a layer throws end a %s call, before its handler", async (kind) => {
    const { calls, server } = behind(() => {
      throw new Error("not signed in");
    });
    expect(await errorOf(call(calls, kind, "a"))).toMatchObject({ message: "not signed in", code: "ERR_REMOTE" });
    await isQuiet(server);
  });

  test.each(kinds)("that are failures of a layer of a %s call reach the caller as such", async (kind) => {
    const { calls } = behind((each) => {
      throw each.fail("REFUSED" as never, { why: "not signed in" });
    });
    expect(await errorOf(call(calls, kind, "a"))).toMatchObject({ code: "REFUSED", data: { why: "not signed in" } });
  });

  test("of the handler pass through layers, which may replace them", async () => {
    const seen: unknown[] = [];
    const watching: ServiceMiddleware = (_, next) =>
      next().catch((error) => {
        seen.push(error);
        throw error;
      });
    const forgiving: ServiceMiddleware = (each, next) =>
      each.input === "forgive" ? next().catch(() => "fine") : next();
    const { calls } = scene(
      probe,
      answering((_, { fail }) => {
        throw fail("REFUSED", { why: "no" });
      }),
      { implement: { use: [forgiving, watching] } },
    );
    expect(await errorOf(calls.unary("a"))).toMatchObject({ code: "REFUSED" });
    expect(await calls.unary("forgive")).toBe("fine");
    expect(seen).toEqual([expect.any(Failure), expect.any(Failure)]);
  });

  test.each(["serverStreaming", "bidiStreaming"] as const)(
    "a layer that gives no iterable for %s fails",
    async (kind) => {
      const { calls, server } = behind(async (_, next) => {
        await next();
        return "text";
      });
      expect(await errorOf(call(calls, kind, "a"))).toMatchObject({ remoteName: "TypeError" });
      await isQuiet(server);
    },
  );
});

test("a generator around a stream that waits for an item is ended when the caller leaves", async () => {
  const ended: string[] = [];
  async function* around(items: AsyncIterable<unknown>) {
    try {
      yield* items;
    } finally {
      ended.push("layer");
    }
  }
  const { calls, server } = scene(
    probe,
    {
      ...answering((value) => value),
      async *serverStreaming(_, { signal }) {
        try {
          yield "one";
          await aborted(signal);
        } finally {
          ended.push("handler");
        }
      },
    },
    { implement: { use: [async (_, next) => around((await next()) as AsyncIterable<unknown>)] } },
  );
  const items = calls.serverStreaming("a");
  expect((await items.next()).value).toBe("one");
  await items.return();
  await isQuiet(server);
  expect(ended).toEqual(["handler", "layer"]);
});
