/** Services behind `balance`: the same as with `serve`. */

import { Dealer } from "@awaitmq/core";
import { SchemaError } from "@awaitmq/patterns";
import { eventually, gate } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import {
  contract,
  implement,
  isFailure,
  remote,
  type ServicesHandler,
  services,
  stream,
  UnimplementedError,
} from "../../src/index.ts";
import { libraries, tick } from "../libraries.ts";
import { answering, call, kinds, probe } from "../probe.ts";
import { aborted, all, brokered, closeAll, connected, errorOf, isQuiet, worker } from "../scene.ts";

afterEach(closeAll);

/** A broker with one worker and one client. */
function behindBroker(handler: ServicesHandler, options: Parameters<typeof worker>[2] = {}) {
  const { clientEnd, workerEnd, running } = brokered();
  const serving = worker(workerEnd, handler, { concurrency: 20, ...options });
  return { broker: running, worker: serving, client: connected(clientEnd), workerEnd };
}

function probed(answer: Parameters<typeof answering>[0], options?: Parameters<typeof worker>[2]) {
  const parts = behindBroker(services(implement(probe, answering(answer))), options);
  return { ...parts, calls: remote(probe, parts.client) };
}

test("the four kinds of call", async () => {
  const [{ prices }] = libraries as [(typeof libraries)[0]];
  const service = implement(prices, {
    quote: ({ symbol }) => tick(symbol),
    async *watch({ symbols }) {
      for (const symbol of symbols) yield tick(symbol);
    },
    record: async (ticks) => ({ count: (await all(ticks)).length }),
    async *trade(ticks) {
      for await (const { symbol, price } of ticks) yield tick(symbol, price + 1);
    },
  });
  const { client, worker: serving } = behindBroker(services(service));
  const market = remote(prices, client);
  expect(await market.quote({ symbol: "EUR" })).toEqual(tick("EUR"));
  expect(await all(market.watch({ symbols: ["EUR", "USD"] }))).toEqual([tick("EUR"), tick("USD")]);
  expect(await market.record([tick("EUR"), tick("USD")])).toEqual({ count: 2 });
  expect(await all(market.trade([tick("EUR", 1), tick("USD", 2)]))).toEqual([tick("EUR", 2), tick("USD", 3)]);
  expect(await all(market.watch({ symbols: [] }))).toEqual([]);
  await isQuiet(serving);
});

describe.each(kinds)("a %s call", (kind) => {
  test("rejects with a failure that the contract declares", async () => {
    const { calls } = probed((_, { fail }) => {
      throw fail("REFUSED", { why: "no" });
    });
    const error = await errorOf(call(calls, kind, "a"));
    expect(isFailure(probe[kind], error) && error.data.why).toBe("no");
  });

  test("has its deadline, metadata, and no peer", async () => {
    const seen: unknown[] = [];
    const { calls } = probed((value, { remaining, metadata, peer, priority }) => {
      seen.push(remaining > 0 && remaining <= 60_000, metadata.token, peer, priority);
      return value;
    });
    await call(calls, kind, "a", { timeout: 60_000, metadata: { token: "secret" }, priority: 7 });
    expect(seen).toEqual([true, "secret", undefined, 0]);
  });

  test("can be aborted, and times out", async () => {
    const began = gate();
    const ends = gate();
    const { calls, worker: serving } = probed(async (_, { signal }) => {
      began.open();
      await Promise.race([aborted(signal), ends.opened]);
      return "";
    });
    const ending = new AbortController();
    const error = errorOf(call(calls, kind, "a", { signal: ending.signal }));
    await began.opened;
    ending.abort(new Error("enough"));
    expect(await error).toMatchObject({ message: "enough" });
    expect(await errorOf(call(calls, kind, "b", { timeout: 50 }))).toMatchObject({ code: "ERR_TIMEOUT" });
    ends.open(); // the signal of a plain request does not abort behind a broker
    await isQuiet(serving);
  });

  test("is finished by a worker that stops", async () => {
    const began = gate();
    const { calls, worker: serving } = probed(async (value, { stopping }) => {
      began.open();
      await aborted(stopping);
      return value;
    });
    const answer = call(calls, kind, "a");
    await began.opened;
    await serving.stop({ grace: 100_000 });
    expect(await answer).toBe("a");
  });
});

test("wrong values and unknown methods reject as with serve, and onError of the worker is called", async () => {
  const people = contract("people", {
    get: { input: z.number(), output: z.string() },
    list: { input: stream(z.number()), output: stream(z.string()) },
  });
  const onError = vi.fn();
  const service = implement(people, {
    get: (number) => number as never,
    async *list(numbers) {
      for await (const number of numbers) yield number as never;
    },
  });
  const { client, worker: serving } = behindBroker(services(service), { onError });
  const careless = remote(people, client, { validate: false });
  const calls = remote(people, client);
  for (const [refusal, side] of [
    [() => careless.get("1" as never), "input"],
    [() => all(careless.list(["1" as never])), "input"],
    [() => calls.get(1), "output"],
    [() => all(calls.list([1])), "output"],
  ] as const) {
    const error = await errorOf(refusal());
    expect(error).toBeInstanceOf(SchemaError);
    expect(error.message).toContain(side);
  }
  expect(await errorOf(remote(contract("none", { get: {} }), client).get())).toBeInstanceOf(UnimplementedError);
  await isQuiet(serving);
  await eventually(() => onError.mock.calls.length === 5);
});

test("a worker that hides its errors shows those that the contract declares", async () => {
  const { calls } = probed(
    (value, { fail }) => {
      throw value === "declared" ? fail("REFUSED", { why: "no" }) : new Error("a secret");
    },
    { exposeErrors: "none" },
  );
  for (const kind of kinds) {
    expect(await errorOf(call(calls, kind, "declared"))).toMatchObject({ code: "REFUSED", data: { why: "no" } });
    const error = await errorOf(call(calls, kind, "other"));
    expect(error).toMatchObject({ code: "ERR_REMOTE" });
    expect(error.message).not.toContain("secret");
  }
});

describe("a worker that dies with a call", () => {
  /** A worker that takes one request and dies. Another is there then. */
  async function bereaved(options: Parameters<typeof brokered>[0], begin: (calls: Calls) => Promise<unknown>) {
    const { clientEnd, workerEnd } = brokered(options);
    const dying = new Dealer({ linger: 0, receiveTimeout: 100_000 });
    dying.connect(workerEnd);
    await dying.send(["", "READY 1"]);
    const outcome = begin(remote(probe, connected(clientEnd))).catch((error) => error);
    await dying.receive();
    const serving = worker(
      workerEnd,
      services(
        implement(
          probe,
          answering((value) => value),
        ),
      ),
    );
    await dying.close({ linger: 0 });
    return { outcome: await outcome, serving };
  }
  type Calls = ReturnType<typeof remote<typeof probe>>;

  test("has it given to another by the broker, be it idempotent or not", async () => {
    const { outcome, serving } = await bereaved({}, (calls) => calls.unary("a"));
    expect(outcome).toBe("a");
    expect(serving.stats.served).toBe(1);
  });

  test("that streams fails it with a DisconnectedError, if the broker makes one attempt", async () => {
    const { outcome, serving } = await bereaved({ maxAttempts: 1 }, (calls) => all(calls.serverStreaming("a")));
    expect(outcome).toMatchObject({ code: "ERR_DISCONNECTED" });
    expect(serving.stats.served).toBe(0);
  });
});

test("leaving a stream ends the worker's handler, its finally included", async () => {
  const ended = vi.fn();
  const service = implement(probe, {
    ...answering((value) => value),
    async *serverStreaming() {
      try {
        for (let number = 0; ; number++) yield String(number);
      } finally {
        ended();
      }
    },
  });
  const { client, worker: serving } = behindBroker(services(service));
  for await (const number of remote(probe, client).serverStreaming("a")) if (number === "3") break;
  expect(ended).toHaveBeenCalledTimes(1);
  await isQuiet(serving);
});
