/** Messages of too many frames. */

import { Dealer, Reply, Request, Router } from "@awaitmq/core";
import { afterEach, expect, test } from "vitest";
import { balance, EnvelopeError, serve, serveBalanced } from "../../src/index.ts";
import { mostFrames } from "../../src/message/frame-count.ts";
import { client, closeAll, served } from "../request-reply/pair.ts";

afterEach(closeAll);

const many = (count = mostFrames + 1) => Array.from({ length: count }, () => "x");

test("a server drops and counts a request of more frames than there may be, tells its client, and goes on", async () => {
  const told: EnvelopeError[] = [];
  const server = served(([first]) => first, { onInvalid: (error) => void told.push(error as EnvelopeError) });
  const asking = client(server);
  await expect(asking.request(many())).rejects.toThrow(
    /^Cannot read a message of \d+ frames: the limit is 1024 frames$/,
  );
  expect(String(await asking.request("next"))).toBe("next");
  expect(String(await asking.request(many(mostFrames - 3)))).toBe("x");
  expect(server.stats).toMatchObject({ served: 2, invalid: 1 });
  expect(told[0]).toBeInstanceOf(EnvelopeError);
});

test("a request that a server can't read is not tried again", async () => {
  const server = served(([first]) => first);
  const asking = client(server);
  await expect(asking.request(many(), { idempotent: true })).rejects.toThrow(EnvelopeError);
  expect(asking.stats).toMatchObject({ failed: 1, retried: 0 });
  expect(server.stats.invalid).toBe(1);
});

test("a server drops and counts frames without end of a plain client, also where none is a delimiter", async () => {
  const server = served(([first]) => first);
  await using plain = new Dealer({ linger: 0 });
  plain.connect(server.endpoints[0] as string);
  await plain.send(["", ...many()]);
  await plain.send(many(20_000));
  await plain.send(["", "next"]);
  expect((await plain.receive({ timeout: 100_000 })).map(String)).toEqual(["", "next"]);
  expect(server.stats).toMatchObject({ served: 1, invalid: 2 });
});

test("a client rejects and counts a reply of more frames than there may be", async () => {
  const asking = client(served(() => many()));
  await expect(asking.request("x")).rejects.toThrow(EnvelopeError);
  expect(asking.stats.invalid).toBe(1);
});

test("a server on a Reply answers such a request with an error, counts it, and goes on", async () => {
  await using reply = new Reply();
  await using request = new Request({ linger: 0 });
  request.connect(await reply.bind("tcp://127.0.0.1:*"));
  const server = serve(reply, ([first]) => first as Buffer, { errorReply: (error) => (error as EnvelopeError).code });
  await request.send(many());
  expect(String(await request.receive({ timeout: 100_000 }))).toBe("ERR_ENVELOPE");
  await request.send("next");
  expect(String(await request.receive({ timeout: 100_000 }))).toBe("next");
  expect(server.stats).toMatchObject({ served: 1, invalid: 1 });
  await server.stop();
});

test("a broker drops and counts such messages of clients and workers, and goes on", async () => {
  await using frontend = new Router({ linger: 0 });
  await using backend = new Router({ linger: 0 });
  const balancing = balance(frontend, backend);
  await using worker = new Dealer({ linger: 0 });
  await using asker = new Dealer({ linger: 0 });
  asker.connect(await frontend.bind("tcp://127.0.0.1:*"));
  worker.connect(await backend.bind("tcp://127.0.0.1:*"));
  await worker.send(["", "0123456789abcdef", "", ...many()]);
  await asker.send(["", ...many()]);
  await asker.send(["", "next"]);
  const working = serveBalanced(worker, ([first]) => first as Buffer);
  expect((await asker.receive({ timeout: 100_000 })).map(String)).toEqual(["", "next"]);
  await frontend.close();
  await balancing.done;
  expect(balancing.stats).toMatchObject({ given: 1, answered: 1, ignored: 2 });
  await worker.close();
  await working.done;
});
