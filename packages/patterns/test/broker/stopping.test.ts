/** `context.stopping` of `serveBalanced`: when it aborts, why, and how streams through a broker end then. */

import { Dealer } from "@awaitmq/core";
import { eventually, gate } from "@awaitmq/testing";
import { afterEach, expect, test } from "vitest";
import { type BalancedContext, serveBalanced, UnavailableError } from "../../src/index.ts";
import { aborted } from "../request-reply/pair.ts";
import { itemsOf, take } from "../request-reply/streams/reading.ts";
import { brokered, client, closeAll, scene } from "./streams/scene.ts";

afterEach(closeAll);

/** Longer than any test may take. */
const endless = { grace: 1_000_000 };

/** Resolves to a context when a handler has begun. */
async function first(contexts: readonly BalancedContext[]): Promise<BalancedContext> {
  await eventually(() => contexts.length > 0);
  return contexts[0] as BalancedContext;
}

test("a worker's stop() aborts stopping at once, and signal after grace, for the same reason", async () => {
  const contexts: BalancedContext[] = [];
  const { client, worker } = scene(async (_, context) => {
    contexts.push(context);
    await aborted(context.signal);
    return "";
  });
  const call = client.request("?");
  const { signal, stopping } = await first(contexts);
  expect(stopping.aborted).toBe(false);
  const stopped = worker.stop({ grace: 50 });
  expect([stopping.aborted, signal.aborted]).toEqual([true, false]);
  expect(stopping.reason).toBeInstanceOf(UnavailableError);
  expect(stopping.reason).toMatchObject({ message: "The worker is shutting down" });
  await stopped;
  await call;
  expect(signal.reason).toBe(stopping.reason);
});

test("an endless stream through a broker that obeys stopping ends in order, and stop() does not wait for grace", async () => {
  const { broker, client, worker } = scene(async function* (_, { stopping }) {
    yield "first";
    await aborted(stopping);
    yield "last";
  }, endless);
  const stream = client.stream("?");
  await take(stream, 1);
  const stopped = worker.stop();
  expect(await itemsOf(stream)).toEqual(["last"]);
  await stopped;
  expect(worker.stats).toMatchObject({ served: 1, failed: 0 });
  expect(broker.stats).toMatchObject({ held: 0 });
});

test("a worker's own signal aborts stopping with its reason, not after the signals of handlers", async () => {
  const aborting = new AbortController();
  const contexts: BalancedContext[] = [];
  let isFirst: boolean | undefined;
  const { client, worker } = scene(
    async (_, context) => {
      contexts.push(context);
      context.signal.addEventListener("abort", () => {
        isFirst = context.stopping.aborted;
      });
      await aborted(context.stopping);
      return "";
    },
    { signal: aborting.signal, ...endless },
  );
  const call = client.request("?");
  const { stopping } = await first(contexts);
  const reason = new Error("mine");
  aborting.abort(reason);
  await worker.done;
  await call;
  expect(stopping.reason).toBe(reason);
  expect(isFirst).toBe(true);
});

test("a Dealer that closes aborts stopping", async () => {
  const { clientEnd, workerEnd } = brokered();
  const dealer = new Dealer();
  dealer.connect(workerEnd);
  const contexts: BalancedContext[] = [];
  const worker = serveBalanced(dealer, async (_, context) => {
    contexts.push(context);
    await aborted(context.stopping);
    return "";
  });
  const leaving = new AbortController();
  const call = client(clientEnd)
    .request("?", { signal: leaving.signal })
    .catch((error) => error);
  const { stopping } = await first(contexts);
  await dealer.close({ linger: 0 });
  await worker.done;
  expect(stopping.reason).toMatchObject({ code: "ERR_CLOSED" });
  leaving.abort();
  await call;
});

test("all handlers of a worker share stopping, which does not abort for a client that leaves", async () => {
  const contexts: BalancedContext[] = [];
  const held = gate();
  const { client, worker } = scene(
    async function* (_, context) {
      contexts.push(context);
      yield "first";
      await Promise.race([held.opened, aborted(context.signal)]);
    },
    { concurrency: 2, ...endless },
  );
  const leaving = client.stream("?");
  const staying = client.stream("?");
  await take(leaving, 1);
  await take(staying, 1);
  await leaving.return();
  await eventually(() => contexts[0]?.signal.aborted === true);
  const [one, other] = contexts as [BalancedContext, BalancedContext];
  expect(one.stopping).toBe(other.stopping);
  expect(one.stopping.aborted).toBe(false);
  held.open();
  expect(await itemsOf(staying)).toEqual([]);
  await worker.stop();
  expect(one.stopping.aborted).toBe(true);
});
