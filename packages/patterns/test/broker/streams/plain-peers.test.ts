/** Streams that meet a peer without them: a REQ worker, a REQ client, a proxy. And what errors of handlers become. */

import { Dealer, proxy, Request, Router, UnsupportedError } from "@awaitmq/core";
import { afterEach, expect, test } from "vitest";
import { RemoteError } from "../../../src/index.ts";
import { messageTypes } from "../../../src/wire/envelope.ts";
import { HandClient } from "../../request-reply/streams/by-hand.ts";
import { readAll, take } from "../../request-reply/streams/reading.ts";
import { countsOf } from "../counts.ts";
import { brokered, client, closeAll, endless, opens, scene, worker } from "./scene.ts";

afterEach(closeAll);

/** A worker as in the guide: it answers everything with the frames up to the delimiter, and "reply". */
function plainWorker(endpoint: string) {
  const request = opens(new Request({ linger: 0, receiveTimeout: 100_000 }));
  request.connect(endpoint);
  const seen: string[] = [];
  const serving = (async () => {
    await request.send("READY");
    for await (const frames of request) {
      seen.push(String(frames.at(-1)));
      const delimiter = frames.findIndex((frame) => frame.length === 0);
      await request.send([...frames.slice(0, delimiter + 1), "reply"] as never);
    }
  })();
  serving.catch(() => {});
  return seen;
}

test("a stream that a REQ worker gets is unsupported at once, and the worker serves on", async () => {
  const { running, clientEnd, workerEnd } = brokered();
  const seen = plainWorker(workerEnd);
  const asking = client(clientEnd);
  const { error } = await readAll(asking.stream("stream"));
  expect(error).toBeInstanceOf(UnsupportedError);
  expect(String(error)).toContain("the worker that got the call gives one reply");
  expect(String(await asking.request("request"))).toBe("reply");
  await using hasty = new HandClient(clientEnd);
  await hasty.open({ request: 1, body: "cancelled" });
  await hasty.post(1, messageTypes.cancel);
  expect((await hasty.failure(1)).code).toBe("ERR_UNSUPPORTED");
  expect(String(await asking.request("request"))).toBe("reply");
  expect(seen).toEqual(["stream", "request", "cancelled", "request"]);
  expect(running.stats).toMatchObject({ held: 0, ignored: 0 });
});

test("a worker that streams is asked after a REQ worker with the same client", async () => {
  const { clientEnd, workerEnd } = brokered();
  const asking = client(clientEnd);
  plainWorker(workerEnd);
  expect(String(await asking.request("request", { metadata: { tenant: "a" } }))).toBe("reply");
  // A broker may have other workers, so the client must not take all for plain.
  worker(workerEnd, () => endless(), { concurrency: 100 });
  const outcomes: (readonly string[] | string)[] = [];
  for (let tries = 0; tries < 100 && !outcomes.some((outcome) => outcome !== "unsupported"); tries++) {
    const stream = asking.stream("stream");
    outcomes.push(await take(stream, 2).catch(() => "unsupported"));
    await stream.return();
  }
  expect(outcomes.at(-1)).toEqual(["0", "1"]);
});

test("a stream through a proxy before the broker is unsupported at once", async () => {
  const { broker, clientEnd } = scene(() => endless());
  const front = opens(new Router());
  const back = opens(new Dealer());
  const endpoint = await front.bind("tcp://127.0.0.1:*");
  back.connect(clientEnd);
  opens(proxy(front, back));
  const asking = client(endpoint);
  const { error } = await readAll(asking.stream("stream"));
  expect(error).toBeInstanceOf(UnsupportedError);
  expect(String(error)).toContain("through a proxy before the broker");
  expect(broker.stats).toMatchObject({ held: 0, waiting: 0 });
});

test("a REQ client of a handler that streams gets errorReply, and so the next request does", async () => {
  const told: unknown[] = [];
  let isOpen = false;
  const { clientEnd, worker } = scene(
    () => {
      isOpen = true;
      return endless(undefined, () => {
        isOpen = false;
      });
    },
    { errorReply: (error) => (error as Error).name, onError: (error) => told.push(error) },
  );
  const request = opens(new Request({ linger: 0, receiveTimeout: 100_000 }));
  request.connect(clientEnd);
  for (const body of ["one", "two"]) {
    await request.send(body);
    expect(String(await request.receive())).toBe("UnsupportedError");
  }
  expect(told).toEqual([expect.any(UnsupportedError), expect.any(UnsupportedError)]);
  await countsOf(worker, { running: 0, served: 0, failed: 2 });
  expect(isOpen).toBe(true); // it never began
});

test.each(["message", "none", "stack"] as const)(
  "an error of a handler is a RemoteError with exposeErrors %s, and errorReply for a REQ",
  async (exposeErrors) => {
    const told: string[] = [];
    const { client, clientEnd } = scene(
      ([what]) => {
        const failure = Object.assign(new RangeError("no such symbol"), { code: "ERR_UNAVAILABLE" });
        if (String(what) !== "late") throw failure;
        return (async function* () {
          yield "item";
          throw failure;
        })();
      },
      { exposeErrors, errorReply: () => "sorry", onError: (_error, _request, { id }) => told.push(id) },
    );
    const [asked, early, late] = [
      await client.request("request").catch((error: unknown) => error),
      await readAll(client.stream("early")),
      await readAll(client.stream("late")),
    ];
    expect(early.items).toEqual([]);
    expect(late.items).toEqual(["item"]);
    for (const [number, error] of [asked, early.error, late.error].entries()) {
      expect(error).toBeInstanceOf(RemoteError);
      const { message, remoteStack, id } = error as RemoteError;
      expect(message.includes("no such symbol")).toBe(exposeErrors !== "none");
      expect(remoteStack !== undefined).toBe(exposeErrors === "stack");
      expect(id).toBe(told[number]);
    }
    const request = opens(new Request({ linger: 0, receiveTimeout: 100_000 }));
    request.connect(clientEnd);
    await request.send("request");
    expect(String(await request.receive())).toBe("sorry");
    expect(new Set(told).size).toBe(4);
  },
);
