/** When a call is tried again, after which pause, and how often in an outage. */

import { type Message, Router, TimeoutError } from "@awaitmq/core";
import { eventually, freshTcp, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { DisconnectedError, OverloadedError, RemoteError, UnavailableError } from "../../src/index.ts";
import { answering, errorFlags, messageTypes } from "../../src/wire/envelope.ts";
import { client, closeAll, connected, served } from "./pair.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  await closeAll();
});

/** What a scripted server does with a request: drop it, answer it, or refuse it with an error of this code. */
type Verdict = "drop" | "answer" | "ERR_OVERLOADED" | "ERR_UNAVAILABLE";

/** A server of raw frames that notes when it saw which request. */
function scripted(router: Router, verdict: (body: string, times: number) => Verdict) {
  const seen = new Map<string, number[]>();
  const serving = (async () => {
    for await (const [peer, header, delimiter, body] of router as AsyncIterable<Message>) {
      if (header?.[3] !== messageTypes.request) continue;
      const times = seen.get(String(body)) ?? [];
      seen.set(String(body), [...times, performance.now()]);
      const decided = verdict(String(body), times.length + 1);
      if (decided === "drop") continue;
      const type = decided === "answer" ? messageTypes.reply : messageTypes.error;
      const answer = answering(Buffer.from(header), type, decided === "answer" ? 0 : errorFlags.refused);
      const reply = decided === "answer" ? (body as Buffer) : JSON.stringify({ name: decided, code: decided });
      await router.send([peer as Buffer, answer, delimiter as Buffer, reply]).catch(() => {});
    }
  })();
  return { seen, serving };
}

/** How long after one another the attempts of a call came. */
const gaps = (times: readonly number[] = []) => times.slice(1).map((time, index) => time - (times[index] as number));

const total = (seen: Map<string, number[]>) => [...seen.values()].reduce((sum, times) => sum + times.length, 0);

describe("the pauses between attempts", () => {
  test("grow by the factor, up to maxDelay", async () => {
    await using router = new Router();
    const { seen } = scripted(router, () => "ERR_OVERLOADED");
    const connect = await router.bind("tcp://127.0.0.1:*");
    const longest = vi.spyOn(Math, "random").mockReturnValue(0.999);
    const asking = connected({ connect, retry: { attempts: 6, delay: 20, factor: 5, maxDelay: 400, budget: 1 } });
    await expect(asking.request("?")).rejects.toBeInstanceOf(OverloadedError);
    longest.mockRestore();
    const pauses = gaps(seen.get("?"));
    expect(pauses.length).toBe(5);
    for (const [index, least] of [20, 100, 400, 400, 400].entries())
      expect(pauses[index]).toBeGreaterThan(least * 0.95 - 2);
    // Without a maximum the last one would be 12 500 at least.
    expect(pauses[4]).toBeLessThan(12_000);
  });

  test("are a random share of that, so that clients do not come back all at once", async () => {
    await using router = new Router();
    const { seen } = scripted(router, (_, times) => (times === 1 ? "ERR_UNAVAILABLE" : "answer"));
    const connect = await router.bind("tcp://127.0.0.1:*");
    const asking = connected({ connect, retry: { delay: 1_000, budget: 1 } });
    await Promise.all(numbers(100).map((number) => asking.request(String(number))));
    const pauses = [...seen.values()].flatMap(gaps).sort((a, b) => a - b);
    expect(pauses.length).toBe(100);
    // Where each is drawn from 0 to 1 000 each of these fails once in a billion runs.
    expect((pauses[99] as number) - (pauses[0] as number)).toBeGreaterThan(500);
    expect((pauses[75] as number) - (pauses[25] as number)).toBeGreaterThan(100);
  });

  test("come behind attemptTimeout where no answer comes", async () => {
    await using router = new Router();
    const { seen } = scripted(router, () => "drop");
    const connect = await router.bind("tcp://127.0.0.1:*");
    const asking = connected({ connect, retry: { attempts: 3, delay: 10, attemptTimeout: 100 } });
    await asking.ready();
    const began = performance.now();
    const error = await asking.request("?", { idempotent: true }).catch((reason) => reason);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.message).toContain("within 100 ms");
    // Not the gaps between them: a server that got the first one late sees the second one all the sooner.
    const times = (seen.get("?") ?? []).map((time) => time - began);
    expect(times.length).toBe(3);
    for (const [index, time] of times.entries()) expect(time).toBeGreaterThanOrEqual(index * 98);
  });
});

describe("a call is tried again", () => {
  test.each([
    ["OverloadedError", "ERR_OVERLOADED", OverloadedError],
    ["UnavailableError", "ERR_UNAVAILABLE", UnavailableError],
  ] as const)("after a refusal, %s, even if it is not idempotent", async (_, code, type) => {
    await using router = new Router();
    const { seen } = scripted(router, (body, times) => (body === "at last" && times === 3 ? "answer" : code));
    const connect = await router.bind("tcp://127.0.0.1:*");
    const asking = connected({ connect, retry: { attempts: 3, delay: 1 } });
    expect(String(await asking.request("at last"))).toBe("at last");
    await expect(asking.request("never")).rejects.toBeInstanceOf(type);
    expect([...seen.values()].map(({ length }) => length)).toEqual([3, 3]);
    expect(asking.stats).toMatchObject({ succeeded: 1, failed: 1, retried: 4 });
  });

  test("elsewhere, after a refusal, and that server is left alone for a while", async () => {
    await using router = new Router();
    let refusing = false;
    const { seen } = scripted(router, () => (refusing ? "ERR_OVERLOADED" : "answer"));
    const other = served(([body]) => `other ${body}`);
    const asking = client(other, {
      connect: [await router.bind("tcp://127.0.0.1:*"), ...other.endpoints],
      retry: { delay: 1 },
    });
    await eventually(async () => {
      await asking.request("warm up");
      return seen.size > 0 && other.stats.served > 0;
    });
    seen.clear();
    refusing = true;
    for (const number of numbers(40)) expect(String(await asking.request(String(number)))).toBe(`other ${number}`);
    // Else each second call would go there first.
    expect(seen.size).toBeGreaterThan(0);
    expect(seen.size).toBeLessThan(15);
  });

  test("never after a RemoteError, even if it is idempotent", async () => {
    let handled = 0;
    const server = served(() => {
      handled += 1;
      throw new Error("broken");
    });
    const asking = client(server, { retry: { attempts: 5, delay: 1, budget: 1 } });
    await expect(asking.request("?", { idempotent: true })).rejects.toBeInstanceOf(RemoteError);
    expect(handled).toBe(1);
    expect(asking.stats.retried).toBe(0);
  });

  test("after its server went away only if it is idempotent", async () => {
    const first = new Router();
    const before = scripted(first, () => "drop");
    const connect = await first.bind("tcp://127.0.0.1:*");
    const asking = connected({ connect, retry: { attempts: 5, delay: 1, attemptTimeout: 10_000 } });
    const lost = asking.request("once");
    const again = asking.request("idempotent", { idempotent: true });
    await eventually(() => before.seen.size === 2);
    const told = expect(lost).rejects.toBeInstanceOf(DisconnectedError);
    await first.close({ linger: 0 });
    await before.serving;
    await told;
    await using second = new Router();
    const after = scripted(second, () => "answer");
    await eventually(() => second.bind(connect));
    expect(String(await again)).toBe("idempotent");
    expect([...after.seen.keys()]).toEqual(["idempotent"]);
  });

  test("when its server dies with all of a burst in flight, whatever the budget, on another server", async () => {
    await using dying = new Router();
    const { seen } = scripted(dying, (body) => (body === "warm up" ? "answer" : "drop"));
    const other = served(([body]) => body as Buffer);
    const asking = client(other, { connect: [await dying.bind("tcp://127.0.0.1:*"), ...other.endpoints] });
    await eventually(async () => {
      await asking.request("warm up");
      return seen.size > 0 && other.stats.served > 0;
    });
    const calls = numbers(400).map((number) => asking.request(String(number), { idempotent: true }));
    await eventually(() => seen.size === 1 + 200);
    await dying.close({ linger: 0 });
    expect((await Promise.all(calls)).map(String)).toEqual(numbers(400).map(String));
    expect(asking.stats).toMatchObject({ failed: 0, retried: 200 });
    const began = performance.now();
    await asking.close();
    // Nothing is left to wait for: the calls themselves have 100 s.
    expect(performance.now() - began).toBeLessThan(50_000);
  });

  test("outside the budget once only: servers that go away again and again get no more than a tenth on top", async () => {
    const endpoint = await freshTcp();
    let lives = 0;
    const asking = connected({
      connect: endpoint,
      retry: { attempts: 10, delay: 1 },
      socket: { reconnectInterval: 1 },
    });
    const errors = Promise.all(
      numbers(100).map((number) => asking.request(String(number), { idempotent: true }).catch((error) => error)),
    );
    let over = false;
    void errors.then(() => {
      over = true;
    });
    for (; !over; lives++) {
      await using dying = new Router();
      const { seen } = scripted(dying, () => "drop");
      await eventually(() => dying.bind(endpoint));
      await eventually(() => over || seen.size > 0);
      await dying.close({ linger: 0 });
    }
    for (const error of await errors) expect(error).toBeInstanceOf(DisconnectedError);
    expect(lives).toBeGreaterThan(2);
    expect(asking.stats.retried).toBeLessThanOrEqual(100 + 10 + 10);
  });

  test("after no answer within attemptTimeout only if it is idempotent", async () => {
    await using router = new Router();
    const { seen } = scripted(router, (_, times) => (times === 1 ? "drop" : "answer"));
    const connect = await router.bind("tcp://127.0.0.1:*");
    const asking = connected({ connect, retry: { delay: 1, attemptTimeout: 50 } });
    const once = asking.request("once", { timeout: 500 });
    expect(String(await asking.request("idempotent", { idempotent: true }))).toBe("idempotent");
    await expect(once).rejects.toBeInstanceOf(TimeoutError);
    expect(seen.get("once")?.length).toBe(1);
  });
});

describe("in an outage the budget keeps retries to a tenth of the calls, and ten", () => {
  test.each([
    ["refuse everything", "ERR_OVERLOADED", OverloadedError, undefined],
    ["answer nothing", "drop", TimeoutError, 100],
  ] as const)("when servers %s", async (_, verdict, type, attemptTimeout) => {
    await using routers = { list: [new Router(), new Router()], [Symbol.asyncDispose]: closeRouters };
    async function closeRouters(this: { list: Router[] }) {
      await Promise.all(this.list.map((router) => router.close({ linger: 0 })));
    }
    const servers = routers.list.map((router) => scripted(router, () => verdict));
    const connect = await Promise.all(routers.list.map((router) => router.bind("tcp://127.0.0.1:*")));
    const asking = connected({ connect, retry: { attempts: 5, delay: 5, attemptTimeout } });
    const ask = async (number: number) => asking.request(String(number), { idempotent: true }).catch((error) => error);
    const errors: unknown[] = [];
    for (let call = 0; call < 1_000; call += 100)
      errors.push(...(await Promise.all(numbers(100).map((number) => ask(call + number)))));
    expect(errors.length).toBe(1_000);
    for (const error of errors) expect(error).toBeInstanceOf(type);
    await eventually(() => servers.reduce((sum, { seen }) => sum + total(seen), 0) === 1_000 + asking.stats.retried);
    // What is earned while the reserve is full is not saved.
    expect(asking.stats.retried).toBeGreaterThan(50);
    expect(asking.stats.retried).toBeLessThanOrEqual(110);
  });
});
