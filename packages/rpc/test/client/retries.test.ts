/** Which calls are sent again when a server dies, or is slow: those that the contract or the call says are idempotent. */

import { eventually } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { contract, implement, remote, services, stream, type } from "../../src/index.ts";
import { liar } from "../by-hand.ts";
import { aborted, all, closeAll, connected, errorOf, isQuiet, served } from "../scene.ts";

afterEach(closeAll);

const text = type<string>();
const prices = contract("prices", {
  read: { input: text, output: text, idempotent: true },
  write: { input: text, output: text },
  watch: { input: text, output: stream(text), idempotent: true },
  follow: { input: text, output: stream(text) },
});

const echo = {
  read: (value: string) => value,
  write: (value: string) => value,
  async *watch(value: string) {
    yield value;
  },
  async *follow(value: string) {
    yield value;
  },
};

type Calls = ReturnType<typeof remote<typeof prices>>;

/** Begins a call at a server that dies with it, while another server is there. */
async function bereaved(begin: (calls: Calls) => Promise<unknown>) {
  const dying = await liar();
  const client = connected(dying.endpoint, { retry: { delay: 1 } });
  const outcome = begin(remote(prices, client)).catch((error) => error);
  await dying.take();
  const other = served(services(implement(prices, echo)));
  client.connect(other.endpoints[0] as string);
  await dying[Symbol.asyncDispose]();
  return { outcome: await outcome, client, other };
}

describe("when its server dies in the middle", () => {
  test.each<[string, (calls: Calls) => Promise<unknown>, unknown]>([
    ["a call of an idempotent method", (calls) => calls.read("a"), "a"],
    ["a call that says it is idempotent", (calls) => calls.write("a", { idempotent: true }), "a"],
    ["a stream of an idempotent method", (calls) => all(calls.watch("a")), ["a"]],
    ["a stream that says it is idempotent", (calls) => all(calls.follow("a", { idempotent: true })), ["a"]],
  ])("%s is sent to another", async (_, begin, expected) => {
    const { outcome, client } = await bereaved(begin);
    expect(outcome).toEqual(expected);
    expect(client.stats).toMatchObject({ retried: 1, succeeded: 1, failed: 0 });
  });

  test.each<[string, (calls: Calls) => Promise<unknown>]>([
    ["a call of another method", (calls) => calls.write("a")],
    ["a call that says it is not", (calls) => calls.read("a", { idempotent: false })],
    ["a stream of another method", (calls) => all(calls.follow("a"))],
    ["a stream that says it is not", (calls) => all(calls.watch("a", { idempotent: false }))],
  ])("%s rejects with a DisconnectedError", async (_, begin) => {
    const { outcome, client, other } = await bereaved(begin);
    expect(outcome).toMatchObject({ code: "ERR_DISCONNECTED" });
    expect(client.stats).toMatchObject({ retried: 0, succeeded: 0, failed: 1 });
    expect(other.stats.served).toBe(0);
  });
});

describe("where hedging is on", () => {
  /** Two servers: the first handler of a value waits until nobody wants its answer. */
  function slowOnce() {
    const begun: string[] = [];
    const answer = async (value: string, { signal }: { readonly signal: AbortSignal }) => {
      begun.push(value);
      if (begun.filter((each) => each === value).length === 1) await aborted(signal);
      return value;
    };
    const handler = services(implement(prices, { ...echo, read: answer, write: answer }));
    const servers = [served(handler), served(handler)];
    const client = connected(servers, { hedge: { after: 30, budget: 1 } });
    return { begun, servers, client, calls: remote(prices, client) };
  }

  test.each<[string, (calls: Calls) => Promise<string>]>([
    ["of idempotent methods", (calls) => calls.read("a")],
    ["that say they are idempotent", (calls) => calls.write("a", { idempotent: true })],
  ])("calls %s go to a second server, and the slower one is cancelled", async (_, begin) => {
    const { begun, calls, client, servers } = slowOnce();
    await client.ready({ servers: 2 });
    expect(await begin(calls)).toBe("a");
    expect(begun).toEqual(["a", "a"]);
    expect(client.stats.hedged).toBe(1);
    for (const server of servers) await isQuiet(server);
  });

  test("calls of other methods do not", async () => {
    const { begun, calls, client } = slowOnce();
    await client.ready({ servers: 2 });
    const ending = new AbortController();
    const { signal } = ending;
    const once = [
      errorOf(calls.write("once", { signal })),
      errorOf(calls.read("never", { signal, idempotent: false })),
    ];
    await eventually(() => begun.length === 2);
    // This one is hedged after them.
    expect(await calls.read("a")).toBe("a");
    ending.abort(new Error("enough"));
    for (const error of await Promise.all(once)) expect(error).toMatchObject({ message: "enough" });
    expect(begun.filter((each) => each !== "a").sort()).toEqual(["never", "once"]);
    expect(client.stats.hedged).toBe(1);
  });
});
