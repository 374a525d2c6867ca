import { getEventListeners } from "node:events";
import { Dealer, type Message, proxy, Request, Router, UnroutableError } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";
import { eventually, FlakyLink, spawnProcess } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import * as zmq from "zeromq";
import { type BalanceOptions, balance, InUseError, serve, serveBalanced } from "../../src/index.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const fixture = new URL("../fixtures/balanced-worker.mjs", import.meta.url);

/** A broker between two fresh endpoints. */
async function broker(options: BalanceOptions = {}, frontendOptions: ConstructorParameters<typeof Router>[0] = {}) {
  const frontend = new Router(frontendOptions);
  const backend = new Router();
  const ending = new AbortController();
  const running = balance(frontend, backend, { signal: ending.signal, ...options });
  running.catch(() => {});
  const clientEnd = await frontend.bind("tcp://127.0.0.1:*");
  const workerEnd = await backend.bind("tcp://127.0.0.1:*");
  return {
    frontend,
    backend,
    clientEnd,
    workerEnd,
    ending,
    running,
    async [Symbol.asyncDispose]() {
      ending.abort();
      await running.catch(() => {});
      await Promise.all([frontend.close({ linger: 0 }), backend.close({ linger: 0 })]);
    },
  };
}

/** A worker of this process, which speaks the protocol by hand. */
async function rawWorker(endpoint: string, ready = "READY", options: ConstructorParameters<typeof Dealer>[0] = {}) {
  const dealer = new Dealer({ receiveTimeout: 10_000, linger: 0, ...options });
  dealer.connect(endpoint);
  await dealer.send(["", ready]);
  return dealer;
}

function client(endpoint: string): Dealer {
  const dealer = new Dealer({ receiveTimeout: 15_000, linger: 0 });
  dealer.connect(endpoint);
  return dealer;
}

function answerTo([, ...frames]: Message, reply: string): [string, ...(string | Buffer)[]] {
  const delimiter = frames.findIndex((frame) => frame.length === 0);
  return ["", ...frames.slice(0, delimiter + 1), reply];
}

/** Whether nothing comes, once everything that was sent before has been dealt with. */
async function isQuiet(socket: Dealer): Promise<boolean> {
  return socket.receive({ timeout: 200 }).then(
    () => false,
    () => true,
  );
}

describe("balance gives requests", () => {
  test("to workers that are ready only, to each as many as it announced", async () => {
    await using between = await broker();
    await using asking = client(between.clientEnd);
    await using idle = new Dealer({ linger: 0 });
    idle.connect(between.workerEnd);
    await idle.send(["", "HELLO"]);
    await asking.sendAll(numbers(5).map((n) => ["", `${n}`]));
    await using one = await rawWorker(between.workerEnd);
    const first = await one.receive();
    expect(String(first.at(-1))).toBe("0");
    await using three = await rawWorker(between.workerEnd, "READY 3");
    const others: Message[] = [];
    for (const _ of numbers(3)) others.push(await three.receive());
    expect(others.map((frames) => String(frames.at(-1)))).toEqual(["1", "2", "3"]);
    expect(await isQuiet(one)).toBe(true);
    expect(await isQuiet(three)).toBe(true);
    expect(await isQuiet(idle)).toBe(true);
    await one.send(answerTo(first, "zero"));
    expect((await asking.receive()).map(String)).toEqual(["", "zero"]);
    // Its reply made room for one more.
    expect(String((await one.receive()).at(-1))).toBe("4");
  });

  test("to the worker that has waited longest", async () => {
    await using between = await broker();
    await using asking = client(between.clientEnd);
    await using a = await rawWorker(between.workerEnd);
    await asking.send(["", "0"]);
    const first = await a.receive();
    await using b = await rawWorker(between.workerEnd);
    await asking.send(["", "1"]);
    const second = await b.receive();
    await b.send(answerTo(second, "from b"));
    await asking.receive();
    await a.send(answerTo(first, "from a"));
    await asking.receive();
    await asking.send(["", "2"]);
    expect(String((await b.receive()).at(-1))).toBe("2");
    await asking.send(["", "3"]);
    expect(String((await a.receive()).at(-1))).toBe("3");
  });

  test("past a slow worker, which holds one and not its share", async () => {
    await using between = await broker();
    const ending = new AbortController();
    const done = [0, 0, 0, 0];
    const sockets = numbers(4).map(() => new Dealer());
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const serving = sockets.map((socket, n) => {
      socket.connect(between.workerEnd);
      return serveBalanced(
        socket,
        async ([body]) => {
          if (n === 0) await released;
          done[n]! += 1;
          return `${body} done`;
        },
        { signal: ending.signal },
      );
    });
    try {
      await using asking = client(between.clientEnd);
      await asking.sendAll(numbers(400).map((n) => ["", `${n}`]));
      const replies = new Set<string>();
      // All but the one that the slow worker holds; it may also hold none yet.
      for (const _ of numbers(399)) replies.add(String((await asking.receive())[1]));
      expect(done[0]).toBe(0);
      release();
      replies.add(String((await asking.receive())[1]));
      expect(replies).toEqual(new Set(numbers(400).map((n) => `${n} done`)));
      expect(done[0]).toBeLessThanOrEqual(1);
    } finally {
      release();
      ending.abort();
      await Promise.allSettled(serving);
      await Promise.all(sockets.map((socket) => socket.close()));
    }
  });
});

describe("balance serves clients of every kind", () => {
  test("REQ sockets, DEALERs with a delimiter and without, with headers, and through two proxies", async () => {
    await using between = await broker();
    await using far = new Router();
    await using middle = new Dealer({ linger: 0 });
    await using near = new Router();
    await using inner = new Dealer({ linger: 0 });
    const ending = new AbortController();
    const farEnd = await far.bind("tcp://127.0.0.1:*");
    const nearEnd = await near.bind("tcp://127.0.0.1:*");
    middle.connect(nearEnd);
    inner.connect(between.clientEnd);
    const passing = [proxy(far, middle, { signal: ending.signal }), proxy(near, inner, { signal: ending.signal })];
    await using worker = new Dealer();
    worker.connect(between.workerEnd);
    const serving = serveBalanced(worker, (body) => body.map((frame) => `${frame}!`), { signal: ending.signal });
    try {
      for (const endpoint of [between.clientEnd, farEnd]) {
        await using request = new Request({ receiveTimeout: 10_000 });
        request.connect(endpoint);
        await request.send(["from", "REQ"]);
        expect((await request.receive()).map(String)).toEqual(["from!", "REQ!"]);
        await request.send("");
        expect((await request.receive()).map(String)).toEqual(["!"]);
        await using dealer = client(endpoint);
        await dealer.send(["header", "", "body"]);
        expect((await dealer.receive()).map(String)).toEqual(["header", "", "body!"]);
      }
      // Behind a proxy its routing id can't be told from a body, so there the delimiter is needed.
      await using bare = client(between.clientEnd);
      await bare.send(["no", "delimiter"]);
      expect((await bare.receive()).map(String)).toEqual(["no!", "delimiter!"]);
      await bare.send("");
      expect((await bare.receive()).map(String)).toEqual(["!"]);
    } finally {
      ending.abort();
      await Promise.allSettled([...passing, serving]);
    }
  });

  test("with raw REQ workers of the guide's lruqueue kind and raw REQ clients", async () => {
    await using between = await broker();
    const workers = numbers(3).map(() => new zmq.Request({ linger: 0 }));
    const served = workers.map(async (worker) => {
      worker.connect(between.workerEnd);
      await worker.send("READY");
      let count = 0;
      for await (const [address, empty, request] of worker) {
        expect(empty).toHaveLength(0);
        count += 1;
        await worker.send([address!, "", `OK ${request}`]);
      }
      return count;
    });
    const clients = numbers(10).map(async (n) => {
      const socket = new zmq.Request({ linger: 0, receiveTimeout: 15_000 });
      socket.connect(between.clientEnd);
      for (const m of numbers(20)) {
        await socket.send(`HELLO ${n}-${m}`);
        expect((await socket.receive()).map(String)).toEqual([`OK HELLO ${n}-${m}`]);
      }
      socket.close();
    });
    await Promise.all(clients);
    for (const worker of workers) worker.close();
    const counts = await Promise.all(served);
    expect(counts.reduce((sum, count) => sum + count)).toBe(200);
    for (const count of counts) expect(count).toBeGreaterThan(0);
  });
});

describe("a worker that dies", () => {
  test("by SIGKILL in the midst of its requests has them answered by another, each once", async () => {
    await using between = await broker();
    await using asking = client(between.clientEnd);
    await using doomed = spawnProcess(fixture, { args: [between.workerEnd, "10", "hang"] });
    await asking.sendAll(numbers(50).map((n) => ["", `${n}`]));
    await doomed.line("holds 10");
    doomed.kill("SIGKILL");
    await doomed.exited;
    await using helper = spawnProcess(fixture, { args: [between.workerEnd, "4", "answer"] });
    const replies: string[] = [];
    for (const _ of numbers(50)) replies.push(String((await asking.receive())[1]));
    expect(new Set(replies)).toEqual(new Set(numbers(50).map((n) => `${n} answered`)));
    expect(await isQuiet(asking)).toBe(true);
    helper.kill();
    await between.frontend.close();
    expect(await between.running).toMatchObject({ takenBack: 10, answered: 50, undeliverable: 0 });
  });

  test("and comes back with a late reply does not answer its client twice", async () => {
    await using between = await broker();
    await using link = await FlakyLink.open(between.workerEnd);
    await using asking = client(between.clientEnd);
    await using lost = await rawWorker(link.address, "READY", { reconnectInterval: 10 });
    await asking.send(["", "question"]);
    const request = await lost.receive();
    await link.cut();
    await using other = await rawWorker(between.workerEnd);
    const again = await other.receive();
    expect(String(again.at(-1))).toBe("question");
    await link.restore();
    // One late reply before the client is answered, one after.
    await lost.send(answerTo(request, "late"));
    expect(await isQuiet(asking)).toBe(true);
    await other.send(answerTo(again, "in time"));
    expect((await asking.receive()).map(String)).toEqual(["", "in time"]);
    await lost.send(answerTo(request, "late again"));
    await lost.send(answerTo(again, "of another"));
    expect(await isQuiet(asking)).toBe(true);
    // Both serve on.
    await asking.send(["", "next"]);
    await asking.send(["", "but one"]);
    await other.send(answerTo(await other.receive(), "next"));
    await lost.send(answerTo(await lost.receive(), "but one"));
    const replies = [await asking.receive(), await asking.receive()].map((reply) => String(reply[1]));
    expect(replies.sort()).toEqual(["but one", "next"]);
    await between.frontend.close();
    expect(await between.running).toMatchObject({ takenBack: 1, answered: 3, ignored: 3 });
  });

  test("idle is given nothing more, and one that had said LEAVE has its requests given to others", async () => {
    await using between = await broker();
    await using asking = client(between.clientEnd);
    await using quits = await rawWorker(between.workerEnd, "READY 5");
    await asking.sendAll(["1", "2"].map((body) => ["", body]));
    await quits.receive();
    await quits.receive();
    await quits.send(["", "LEAVE"]);
    {
      await using dies = await rawWorker(between.workerEnd, "READY 1");
      expect(String((await dies.receive()).at(-1))).toBe("1");
    }
    await using stays = await rawWorker(between.workerEnd, "READY 9");
    const bodies = [await stays.receive(), await stays.receive()].map((frames) => String(frames.at(-1)));
    expect(bodies).toEqual(["1", "2"]);
    expect(await isQuiet(quits)).toBe(true);
  });

  test("without a word from libzmq is found out when it is to get a request", async () => {
    // As with a build without the draft options: endpoints that were bound before the broker began announce nothing.
    await using frontend = new Router();
    await using backend = new Router();
    const clientEnd = await frontend.bind("tcp://127.0.0.1:*");
    const workerEnd = await backend.bind("tcp://127.0.0.1:*");
    const dead = await rawWorker(workerEnd, "READY 2", { routingId: "dead" });
    // It is there, and so without an announcement of its end.
    await eventually(() => backend.send(["dead", "", "nothing"]).then(() => true));
    const ending = new AbortController();
    const running = balance(frontend, backend, { signal: ending.signal });
    running.catch(() => {});
    await using asking = client(clientEnd);
    await asking.send(["", "1"]);
    await dead.receive();
    expect(String((await dead.receive()).at(-1))).toBe("1");
    await dead.close();
    await eventually(() =>
      backend.send(["dead", "", "nothing"]).then(
        () => false,
        (error) => error instanceof UnroutableError,
      ),
    );
    await using live = await rawWorker(workerEnd, "READY");
    await asking.send(["", "2"]);
    await asking.send(["", "3"]);
    const seen: string[] = [];
    for (const _ of numbers(3)) {
      const request = await live.receive();
      seen.push(String(request.at(-1)));
      await live.send(answerTo(request, "done"));
      await asking.receive();
    }
    expect(seen.sort()).toEqual(["1", "2", "3"]);
    ending.abort();
    await running.catch(() => {});
  });
});

describe("a worker that lies does no harm", () => {
  test("when it announces itself again and again, and more than is allowed", async () => {
    await using between = await broker({ credit: 2 });
    await using asking = client(between.clientEnd);
    await using liar = await rawWorker(between.workerEnd, "READY 1");
    for (const _ of numbers(10)) await liar.send(["", "READY 1"]);
    await asking.sendAll(numbers(5).map((n) => ["", `${n}`]));
    expect(String((await liar.receive()).at(-1))).toBe("0");
    expect(await isQuiet(liar)).toBe(true);
    await liar.send(["", "READY 9999999"]);
    expect(String((await liar.receive()).at(-1))).toBe("1");
    expect(await isQuiet(liar)).toBe(true);
  });

  test("when it answers what it was not asked, twice, or with another client's envelope", async () => {
    await using between = await broker();
    await using asking = client(between.clientEnd);
    await using victim = new Dealer({ routingId: "victim", linger: 0 });
    victim.connect(between.clientEnd);
    await using honest = await rawWorker(between.workerEnd);
    await asking.send(["my", "hops", "", "question"]);
    const request = await honest.receive();
    await using liar = await rawWorker(between.workerEnd);
    await victim.send(["", "for the liar"]);
    const own = await liar.receive();
    // The tag of the honest worker, the routing id of a client, a tag of no one, and things of no meaning.
    await liar.send(answerTo(request, "false"));
    await liar.send(["", "victim", "", "false"]);
    await liar.send(["", Buffer.alloc(16), "", "false"]);
    for (const nonsense of [[""], ["", ""], ["", "", ""], ["", "READY -1"], ["", "READY 1e9"], ["x"], ["x", "y", "z"]])
      await liar.send(nonsense);
    await liar.send(["", Buffer.alloc(100_000), "", ""]);
    await liar.send(["", own[1]!, "hops", "of its own", "", "true"]);
    await liar.send(answerTo(own, "a second time"));
    expect((await victim.receive({ timeout: 10_000 })).map(String)).toEqual(["", "true"]);
    await honest.send(["", request[1]!, "", "true"]);
    expect((await asking.receive()).map(String)).toEqual(["my", "hops", "", "true"]);
    expect(await isQuiet(asking)).toBe(true);
    expect(await isQuiet(victim)).toBe(true);
    await between.backend.close();
    expect(await between.running).toMatchObject({ given: 2, answered: 2, ignored: 12 });
  });
});

describe("balance under load", () => {
  test("reads no more of the frontend when its queue is full, and loses nothing", async () => {
    const frontend = new Router({ receiveHighWaterMark: 5 });
    const backend = new Router();
    const ending = new AbortController();
    const running = balance(frontend, backend, { queue: 10, signal: ending.signal });
    running.catch(() => {});
    const clientEnd = await frontend.bind("tcp://127.0.0.1:*");
    const workerEnd = await backend.bind("tcp://127.0.0.1:*");
    await using asking = new Dealer({ sendHighWaterMark: 5, linger: 0 });
    asking.connect(clientEnd);
    const padding = Buffer.alloc(64 * 1_024);
    const count = 1_000;
    let sent = 0;
    const sending = asking.sendAll(
      (function* () {
        for (; sent < count; sent++) yield ["", `${sent}`, padding];
      })(),
    );
    let seen = -1;
    await eventually(
      () => {
        const still = sent === seen;
        seen = sent;
        return still && sent > 0;
      },
      { interval: 300 },
    );
    expect(sent).toBeLessThan(count);
    await using worker = new Dealer();
    worker.connect(workerEnd);
    const serving = serveBalanced(worker, ([body]) => body, { concurrency: 8, signal: ending.signal });
    const replies = new Set<number>();
    for (const _ of numbers(count)) replies.add(Number((await asking.receive({ timeout: 15_000 }))[1]));
    expect(replies.size).toBe(count);
    expect(await sending).toBe(count);
    ending.abort();
    await Promise.allSettled([running, serving]);
    await Promise.all([frontend.close(), backend.close()]);
  });

  test("drops the reply to a client that is gone, tells it, and serves the others", async () => {
    const dropped: [string, string][] = [];
    await using between = await broker({ onUndeliverable: ([id], error) => dropped.push([String(id), error.name]) });
    await using worker = await rawWorker(between.workerEnd, "READY 10");
    const gone = new Dealer({ routingId: "gone", linger: 0 });
    gone.connect(between.clientEnd);
    await gone.send(["", "question"]);
    const request = await worker.receive();
    await gone.close();
    await eventually(() =>
      between.frontend.send(["gone", "x"]).then(
        () => false,
        (error) => error instanceof UnroutableError,
      ),
    );
    await worker.send(answerTo(request, "too late"));
    await eventually(() => dropped.length > 0);
    expect(dropped).toEqual([["gone", "UnroutableError"]]);
    await using other = client(between.clientEnd);
    await other.send(["", "question"]);
    await worker.send(answerTo(await worker.receive(), "answer"));
    expect((await other.receive()).map(String)).toEqual(["", "answer"]);
  });

  test("drops replies to a client that does not read for too long, tells it, and serves the others meanwhile", async () => {
    const dropped: [string, string][] = [];
    await using between = await broker(
      { replyTimeout: 300, onUndeliverable: ([id], error) => dropped.push([String(id), error.name]) },
      { sendHighWaterMark: 1 },
    );
    const ending = new AbortController();
    await using worker = new Dealer();
    worker.connect(between.workerEnd);
    const big = Buffer.alloc(1_024 * 1_024);
    const serving = serveBalanced(worker, ([body]) => (String(body) === "big" ? big : body), {
      concurrency: 4,
      signal: ending.signal,
    });
    try {
      await using silent = new Dealer({ routingId: "silent", receiveHighWaterMark: 1, linger: 0 });
      silent.connect(between.clientEnd);
      await silent.sendAll(numbers(100).map(() => ["", "big"]));
      await using other = client(between.clientEnd);
      for (const n of numbers(100)) {
        await other.send(["", `${n}`]);
        expect(String((await other.receive())[1])).toBe(`${n}`);
      }
      await eventually(() => dropped.length > 0);
      expect(new Set(dropped.map(String))).toEqual(new Set(["silent,TimeoutError"]));
    } finally {
      ending.abort();
      await Promise.allSettled([serving]);
    }
  });
});

describe("balance ends", () => {
  test("by its signal, at once, and gives requests without an answer back to the frontend in order", async () => {
    await using between = await broker();
    await using asking = client(between.clientEnd);
    await using worker = await rawWorker(between.workerEnd, "READY 3");
    await asking.sendAll(numbers(10).map((n) => ["hop", "", `${n}`]));
    const held = [await worker.receive(), await worker.receive(), await worker.receive()];
    await worker.send(answerTo(held[1]!, "answered"));
    expect((await asking.receive()).map(String)).toEqual(["hop", "", "answered"]);
    const reason = new Error("abort");
    between.ending.abort(reason);
    await expect(between.running).rejects.toBe(reason);
    const left: string[] = [];
    for (const _ of numbers(9)) left.push((await between.frontend.receive({ timeout: 10_000 })).slice(1).join("|"));
    expect(left).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `hop||${n}`));
  });

  test("when a socket closes, even while its queue is full", async () => {
    await using between = await broker({ queue: 1 });
    await using asking = client(between.clientEnd);
    await asking.sendAll(["1", "2", "3"]);
    await between.backend.close();
    expect(await between.running).toMatchObject({ given: 0, answered: 0 });
    expect(String((await between.frontend.receive({ timeout: 10_000 }))[1])).toBe("1");
  });

  test("when its frontend closes while its queue is full", async () => {
    await using between = await broker({ queue: 1 });
    await using asking = client(between.clientEnd);
    await asking.sendAll(["1", "2", "3"]);
    await eventually(() => between.frontend[internals].inbox.ready); // it is not read any more
    await between.frontend.close();
    expect(await between.running).toMatchObject({ given: 0, answered: 0 });
  });

  test("and leaves nothing at its sockets, which serve the next one", async () => {
    await using frontend = new Router();
    await using backend = new Router();
    const listeners = () => getEventListeners(frontend[internals].closing, "abort").length;
    const before = listeners();
    for (let round = 0; round < 5; round++) {
      const ending = new AbortController();
      const running = balance(frontend, backend, { signal: ending.signal });
      ending.abort(new Error("enough"));
      await expect(running).rejects.toThrow("enough");
    }
    expect(listeners()).toBe(before);
  });

  test("before it begins where a socket has another reader, and leaves the other one free", async () => {
    await using frontend = new Router();
    await using busy = new Router();
    await using free = new Router();
    await using server = serve(busy, () => "");
    await expect(balance(frontend, busy)).rejects.toThrow(InUseError);
    await expect(balance(frontend, frontend)).rejects.toThrow(TypeError);
    const running = balance(frontend, free);
    await frontend.close();
    await running;
    await server.stop();
  });

  test("before it begins where its arguments are wrong", async () => {
    await using frontend = new Router();
    await using backend = new Router({ mandatory: false });
    await expect(balance(frontend, backend)).rejects.toThrow("mandatory: true");
    await expect(balance(frontend, frontend, { queue: 0 })).rejects.toThrow(RangeError);
    await expect(balance(frontend, frontend, { credit: 0.5 })).rejects.toThrow(RangeError);
    await expect(balance(frontend, frontend, { replyTimeout: -1 })).rejects.toThrow(RangeError);
    await expect(balance(frontend, frontend, { onUndeliverable: 1 as never })).rejects.toThrow(TypeError);
    await expect(balance(frontend, frontend, { signal: AbortSignal.abort(new Error("early")) })).rejects.toThrow(
      "early",
    );
  });
});
