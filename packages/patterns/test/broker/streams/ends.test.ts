/** A worker or a broker that stops while streams run. */

import { Router } from "@awaitmq/core";
import { eventually, gate } from "@awaitmq/testing";
import { afterEach, expect, test } from "vitest";
import { balance, UnavailableError } from "../../../src/index.ts";
import { aborted } from "../../request-reply/pair.ts";
import { readAll, take } from "../../request-reply/streams/reading.ts";
import { brokered, client, closeAll, endless, opens, scene, worker } from "./scene.ts";

afterEach(closeAll);

async function* untilAborted(_: unknown, { signal }: { readonly signal: AbortSignal }) {
  yield "one";
  await aborted(signal);
}

test("a worker that stops lets its streams run on, with input and credit, to their ends", async () => {
  const { broker, client, worker } = scene(async function* (_, { input }) {
    yield* input;
  });
  const goOn = gate();
  async function* input() {
    yield "before";
    await goOn.opened;
    for (let number = 0; number < 1_000; number++) yield String(number);
  }
  const stream = client.stream("echo", { input: input(), window: { items: 10 } });
  expect(await take(stream, 1)).toEqual(["before"]);
  const stopped = worker.stop({ grace: 100_000 });
  goOn.open();
  expect((await readAll(stream)).items).toHaveLength(1_000);
  await stopped;
  expect(worker.stats).toMatchObject({ served: 1, failed: 0 });
  expect(broker.stats).toMatchObject({ held: 0, takenBack: 0 });
});

test.each([
  ["a generator", (generator: () => AsyncIterable<string>) => generator()],
  ["a promise of one", async (generator: () => AsyncIterable<string>) => generator()],
])("a streaming handler that is %s cannot await the stop of its own worker", async (_, give) => {
  const all = scene(() =>
    give(async function* () {
      yield "one";
      yield await all.worker.stop({ grace: 100_000 }).catch(({ code }) => code);
    }),
  );
  expect((await readAll(all.client.stream("stream"))).items).toEqual(["one", "ERR_DEADLOCK"]);
});

test("a worker that stops ends streams after grace with UnavailableError, when their handlers have finished", async () => {
  let finished = false;
  const { client, worker } = scene(async function* (request, context) {
    try {
      yield* untilAborted(request, context);
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 20));
      finished = true;
    }
  });
  const stream = client.stream("stream");
  expect(await take(stream, 1)).toEqual(["one"]);
  await worker.stop({ grace: 50 });
  expect(finished).toBe(true);
  const { error } = await readAll(stream);
  expect(error).toBeInstanceOf(UnavailableError);
  expect(String(error)).toContain("The worker shut down");
});

test("a broker that stops carries its streams on, and a stream that waits for a worker too", async () => {
  const { broker, client } = scene(async function* (_, { input }) {
    yield* input;
  });
  const goOn = gate();
  async function* input() {
    yield "before";
    await goOn.opened;
    for (let number = 0; number < 1_000; number++) yield String(number);
  }
  const stream = client.stream("echo", { input: input(), window: { items: 10 } });
  expect(await take(stream, 1)).toEqual(["before"]);
  const waiting = readAll(client.stream("echo", { input: ["second"] }));
  await eventually(() => broker.stats.waiting === 1);
  const stopped = broker.stop({ grace: 100_000 });
  goOn.open();
  expect((await readAll(stream)).items).toHaveLength(1_000);
  expect((await waiting).items).toEqual(["second"]);
  await stopped;
  expect(broker.stats).toMatchObject({ held: 0, unanswered: 0, answered: 2 });
});

test("a stream can be left while its broker stops", async () => {
  const { broker, client } = scene(untilAborted);
  const stream = client.stream("stream");
  await take(stream, 1);
  const stopped = broker.stop({ grace: 100_000 });
  await stream.return();
  await stopped;
  expect(broker.stats).toMatchObject({ held: 0, unanswered: 0 });
});

test("a stream that waits for a worker can be left while its broker stops", async () => {
  const { running, clientEnd } = brokered();
  const stream = client(clientEnd).stream("stream");
  void stream.next();
  await eventually(() => running.stats.waiting === 1);
  const stopped = running.stop({ grace: 100_000 });
  await stream.return();
  await stopped;
  expect(running.stats).toMatchObject({ unanswered: 0, given: 0 });
});

test("a broker that stops ends streams after grace with UnavailableError, and their handlers", async () => {
  let ended = false;
  const { broker, client, worker } = scene(() =>
    endless(undefined, () => {
      ended = true;
    }),
  );
  const stream = client.stream("stream");
  await take(stream, 1);
  await broker.stop({ grace: 50 });
  const { error } = await readAll(stream);
  expect(error).toBeInstanceOf(UnavailableError);
  expect(String(error)).toContain("The broker shut down");
  await eventually(() => ended && worker.stats.running === 0);
});

test("requests that come while a broker stops go to the next reader of a frontend that was passed in", async () => {
  const frontend = opens(new Router());
  const running = balance(frontend, "tcp://127.0.0.1:*", { grace: 0 });
  const clientEnd = await frontend.bind("tcp://127.0.0.1:*");
  worker(running.endpoints.at(-1) as string, untilAborted);
  const asking = client(clientEnd);
  const stream = asking.stream("stream");
  await take(stream, 1);
  const waiting = asking.request("waits");
  await eventually(() => running.stats.waiting === 1);
  const stopped = running.stop({ grace: 100_000 });
  const late = [asking.request("late 1"), asking.request("late 2")];
  const other = asking.stream("late 3", { input: [] });
  const third = take(other, 1);
  await eventually(() => asking.stats.inFlight === 5);
  // Both go the same way, so the requests are there before the broker has ended.
  const rest = readAll(stream);
  running.stop({ grace: 20 }).catch(() => {});
  expect((await rest).error).toBeInstanceOf(UnavailableError);
  await stopped;
  expect(running.stats).toMatchObject({ waiting: 0, held: 0 });
  const next = opens(balance(frontend, "tcp://127.0.0.1:*", { grace: 0 }));
  worker(next.endpoints.at(-1) as string, async ([what], { signal }) =>
    String(what) === "late 3" ? untilAborted(undefined, { signal }) : `re: ${what}`,
  );
  expect(String(await waiting)).toBe("re: waits");
  expect((await Promise.all(late)).map(String)).toEqual(["re: late 1", "re: late 2"]);
  expect(await third).toEqual(["one"]);
  await other.return();
});

test("a broker whose frontend closes while it stops ends", async () => {
  const frontend = opens(new Router());
  const running = opens(balance(frontend, "tcp://127.0.0.1:*"));
  const clientEnd = await frontend.bind("tcp://127.0.0.1:*");
  let ended = false;
  worker(running.endpoints.at(-1) as string, () =>
    endless(undefined, () => {
      ended = true;
    }),
  );
  await take(client(clientEnd).stream("stream"), 1);
  const stopped = running.stop({ grace: 100_000 });
  await frontend.close({ linger: 0 });
  await stopped;
  await eventually(() => ended);
});
