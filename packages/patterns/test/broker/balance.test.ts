import { getEventListeners } from "node:events";
import { AddressError, Dealer, type Message, proxy, Request, Router, UnroutableError } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";
import { eventually, FlakyLink, fixture, freshInproc, freshTcp, numbers, spawnProcess } from "@awaitmq/testing";
import { describe, expect, test, vi } from "vitest";
import * as zmq from "zeromq";
import { type BalanceOptions, balance, InUseError, serve, serveBalanced, TooLateError } from "../../src/index.ts";
import { announceArrivals, announceDisconnects } from "../../src/message/disconnect-message.ts";

vi.mock("../../src/message/disconnect-message.ts", { spy: true });

const program = fixture("balanced-worker.mjs", import.meta.url);

/** A broker between two fresh endpoints. */
async function broker(options: BalanceOptions = {}, frontendOptions: ConstructorParameters<typeof Router>[0] = {}) {
  const frontend = new Router(frontendOptions);
  const backend = new Router();
  const ending = new AbortController();
  const running = balance(frontend, backend, { signal: ending.signal, ...options });
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
      await running.done;
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
      await Promise.all(serving.map(({ done }) => done));
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
      await Promise.allSettled([...passing.map(({ done }) => done), serving.done]);
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
    await using doomed = spawnProcess(program, { args: [between.workerEnd, "10", "hang"] });
    await asking.sendAll(numbers(50).map((n) => ["", `${n}`]));
    await doomed.line("holds 10");
    doomed.kill("SIGKILL");
    await doomed.exited;
    await using helper = spawnProcess(program, { args: [between.workerEnd, "4", "answer"] });
    const replies: string[] = [];
    for (const _ of numbers(50)) replies.push(String((await asking.receive())[1]));
    expect(new Set(replies)).toEqual(new Set(numbers(50).map((n) => `${n} answered`)));
    expect(await isQuiet(asking)).toBe(true);
    helper.kill();
    await between.frontend.close();
    await between.running.done;
    expect(between.running.stats).toMatchObject({ takenBack: 10, answered: 50, undeliverable: 0 });
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
    await between.running.done;
    expect(between.running.stats).toMatchObject({ takenBack: 1, answered: 3, ignored: 3 });
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
    // As with a build without the draft options.
    await using frontend = new Router();
    await using backend = new Router();
    vi.mocked(announceDisconnects).mockReturnValueOnce(false);
    vi.mocked(announceArrivals).mockReturnValueOnce();
    const running = balance(frontend, backend);
    const clientEnd = await frontend.bind("tcp://127.0.0.1:*");
    const workerEnd = await backend.bind("tcp://127.0.0.1:*");
    const dead = await rawWorker(workerEnd, "READY 2", { routingId: "dead" });
    await using asking = client(clientEnd);
    await asking.send(["", "1"]);
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
    await running.stop();
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

  test("when it takes all that it can get and answers nothing: others are asked first, and it gets no more than 100", async () => {
    await using between = await broker();
    await using asking = client(between.clientEnd);
    await using honest = new Dealer({ linger: 0 });
    honest.connect(between.workerEnd);
    const serving = serveBalanced(honest, (body) => body, { concurrency: 3 });
    await asking.send(["", "0"]);
    await asking.receive();
    await using liar = await rawWorker(between.workerEnd, "READY 9999999");
    const isAnswered = async () => {
      await asking.send(["", "for whom?"]);
      return asking.receive({ timeout: 300 }).then(
        () => true,
        () => false,
      );
    };
    await eventually(async () => !(await isAnswered()));
    for (const n of numbers(20)) {
      await asking.send(["", `${n}`]);
      await asking.receive();
    }
    await asking.sendAll(numbers(300).map((n) => ["", `${n}`]));
    for (const _ of numbers(201)) await asking.receive();
    let taken = 0;
    while (await liar.receive({ timeout: 200 }).catch(() => undefined)) taken += 1;
    expect(taken).toBeLessThanOrEqual(100);
    await honest.close();
    await serving.done;
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
    expect((await victim.receive({ timeout: 100_000 })).map(String)).toEqual(["", "true"]);
    await honest.send(["", request[1]!, "", "true"]);
    expect((await asking.receive()).map(String)).toEqual(["my", "hops", "", "true"]);
    expect(await isQuiet(asking)).toBe(true);
    expect(await isQuiet(victim)).toBe(true);
    await between.backend.close();
    await between.running.done;
    expect(between.running.stats).toMatchObject({ given: 2, answered: 2, ignored: 12 });
  });
});

describe("balance under load", () => {
  test("reads no more of the frontend when its queue is full, and loses nothing", async () => {
    const frontend = new Router({ receiveHighWaterMark: 5 });
    const backend = new Router();
    const ending = new AbortController();
    const running = balance(frontend, backend, { maxQueued: 10, signal: ending.signal });
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
    for (const _ of numbers(count)) replies.add(Number((await asking.receive({ timeout: 100_000 }))[1]));
    expect(replies.size).toBe(count);
    expect(await sending).toBe(count);
    ending.abort();
    await Promise.allSettled([running.done, serving.done]);
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
      await serving.done;
    }
  });
});

test("balance drops at once what is beyond the maxQueuedReplies of a client that does not read", async () => {
  const dropped: [string, string][] = [];
  await using between = await broker(
    { maxQueuedReplies: 3, onUndeliverable: ([id], error) => dropped.push([String(id), error.name]) },
    { sendHighWaterMark: 1 },
  );
  await using worker = await rawWorker(between.workerEnd, "READY 10");
  await using silent = new Dealer({ routingId: "silent", receiveHighWaterMark: 1, linger: 0 });
  silent.connect(between.clientEnd);
  const big = Buffer.alloc(4 * 1_024 * 1_024);
  await silent.sendAll(numbers(10).map(() => ["", "big"]));
  for (const _ of numbers(10)) await worker.send([...answerTo(await worker.receive(), "").slice(0, -1), big]);
  await eventually(() => dropped.length > 0);
  expect(new Set(dropped.map(String))).toEqual(new Set(["silent,QueueFullError"]));
  await using other = client(between.clientEnd);
  await other.send(["", "question"]);
  await worker.send(answerTo(await worker.receive(), "answer"));
  expect(String((await other.receive())[1])).toBe("answer");
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
    between.ending.abort();
    await between.running.done;
    expect(between.running.stats).toMatchObject({ waiting: 0, held: 0, unanswered: 9 });
    const left: string[] = [];
    for (const _ of numbers(9)) left.push((await between.frontend.receive({ timeout: 100_000 })).slice(1).join("|"));
    expect(left).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `hop||${n}`));
  });

  test("when a socket closes, even while its queue is full", async () => {
    await using between = await broker({ maxQueued: 1 });
    await using asking = client(between.clientEnd);
    await asking.sendAll(["1", "2", "3"]);
    await between.backend.close();
    await between.running.done;
    expect(between.running.stats).toMatchObject({ given: 0, answered: 0 });
    expect(String((await between.frontend.receive({ timeout: 100_000 }))[1])).toBe("1");
  });

  test("when its frontend closes while its queue is full", async () => {
    await using between = await broker({ maxQueued: 1 });
    await using asking = client(between.clientEnd);
    await asking.sendAll(["1", "2", "3"]);
    await eventually(() => between.frontend[internals].inbox.ready); // it is not read any more
    await between.frontend.close();
    await between.running.done;
    expect(between.running.stats).toMatchObject({ given: 0, answered: 0 });
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
      await running.done;
    }
    expect(listeners()).toBe(before);
  });

  test("before it begins where a socket has another reader, and leaves the other one free", async () => {
    await using frontend = new Router();
    await using busy = new Router();
    await using free = new Router();
    await using server = serve(busy, () => "");
    expect(() => balance(frontend, busy)).toThrow(InUseError);
    expect(() => balance(frontend, frontend)).toThrow(TypeError);
    const running = balance(frontend, free);
    await frontend.close();
    await running.done;
    await server.stop();
  });

  test("before it begins where its arguments are wrong", async () => {
    await using frontend = new Router();
    await using backend = new Router({ mandatory: false });
    expect(() => balance(frontend, backend)).toThrow("mandatory: true");
    expect(() => balance(frontend, frontend)).toThrow("got one twice");
    for (const options of [
      { maxQueued: 0 },
      { credit: 0.5 },
      { maxAttempts: 0 },
      { replyTimeout: -1 },
      { maxQueuedReplies: 0 },
      { linkTimeout: 999 },
      { grace: -1 },
      { force: Number.NaN },
    ])
      expect(() => balance(frontend, frontend, options)).toThrow(RangeError);
    for (const options of [{ linkTimeout: "1" }, { onUndeliverable: 1 }, { signal: {} }])
      expect(() => balance(frontend, frontend, options as never)).toThrow(TypeError);
  });

  test("before it begins where its signal is aborted, and reads nothing", async () => {
    await using frontend = new Router();
    await using backend = new Router();
    await using asking = client(await frontend.bind("tcp://127.0.0.1:*"));
    await asking.send(["", "stays"]);
    await balance(frontend, backend, { signal: AbortSignal.abort() }).done;
    expect(String((await frontend.receive()).at(-1))).toBe("stays");
  });

  test("with TooLateError before it begins where the backend has an endpoint, unless it had it from a former broker", async () => {
    await using frontend = new Router();
    await using backend = new Router();
    await balance(frontend, backend).stop();
    const endpoint = await backend.bind("tcp://127.0.0.1:*");
    await balance(frontend, backend).stop();
    await using late = new Router();
    await late.bind("tcp://127.0.0.1:*");
    expect(() => balance(frontend, late)).toThrow(TooLateError);
    // Neither is taken.
    await backend.unbind(endpoint);
    await balance(frontend, backend).stop();
  });
});

describe("a broker that is stopped", () => {
  test("has workers answer what was read, reads no more, and then ends at once", async () => {
    await using between = await broker();
    await using asking = client(between.clientEnd);
    await using worker = await rawWorker(between.workerEnd);
    await asking.sendAll(["1", "2"].map((body) => ["", body]));
    const first = await worker.receive();
    await eventually(() => between.running.stats.waiting === 1);
    const stopping = between.running.stop({ grace: 60_000 });
    await asking.send(["", "3"]);
    await worker.send(answerTo(first, "one"));
    await worker.send(answerTo(await worker.receive(), "two"));
    await stopping;
    expect((await asking.receive()).map(String)).toEqual(["", "one"]);
    expect((await asking.receive()).map(String)).toEqual(["", "two"]);
    expect(between.running.stats).toMatchObject({ given: 2, answered: 2, unanswered: 0, waiting: 0, held: 0 });
    expect(String((await between.frontend.receive()).at(-1))).toBe("3");
  });

  test("gives back what no worker has answered within the grace", async () => {
    await using between = await broker({ grace: 20 });
    await using asking = client(between.clientEnd);
    await using worker = await rawWorker(between.workerEnd);
    await asking.sendAll(["1", "2"].map((body) => ["", body]));
    await worker.receive();
    await eventually(() => between.running.stats.waiting === 1);
    await between.running.stop();
    expect(between.running.stats).toMatchObject({ given: 1, answered: 0, unanswered: 2 });
    for (const body of ["1", "2"]) expect(String((await between.frontend.receive()).at(-1))).toBe(body);
  });

  test("drops replies that clients do not read within force", async () => {
    const dropped: string[] = [];
    await using between = await broker(
      { replyTimeout: 600_000, onUndeliverable: (_, error) => dropped.push(error.message) },
      { sendHighWaterMark: 1 },
    );
    await using worker = await rawWorker(between.workerEnd, "READY 10");
    await using silent = new Dealer({ routingId: "silent", receiveHighWaterMark: 1, linger: 0 });
    silent.connect(between.clientEnd);
    const big = Buffer.alloc(4 * 1_024 * 1_024);
    await silent.sendAll(numbers(10).map(() => ["", "big"]));
    for (const _ of numbers(10)) await worker.send([...answerTo(await worker.receive(), "").slice(0, -1), big]);
    await eventually(() => between.running.stats.held === 0);
    await between.running.stop({ grace: 0, force: 20 });
    const { answered, undeliverable, unanswered } = between.running.stats;
    expect(undeliverable).toBeGreaterThan(0);
    expect({ all: answered + undeliverable, unanswered }).toEqual({ all: 10, unanswered: 0 });
    expect(dropped[0]).toContain("the broker has ended");
  });
});

describe("a broker with endpoints of its own", () => {
  test("binds them, tells them in their order, and unbinds them in the end", async () => {
    const running = balance("tcp://127.0.0.1:*", ["tcp://127.0.0.1:*", freshInproc()]);
    expect(running.endpoints).toHaveLength(3);
    const [clientEnd, workerEnd] = running.endpoints as [string, string];
    await using asking = client(clientEnd);
    await using worker = await rawWorker(workerEnd);
    await asking.send(["", "question"]);
    await worker.send(answerTo(await worker.receive(), "answer"));
    expect(String((await asking.receive())[1])).toBe("answer");
    await running.stop();
    await using next = new Router();
    for (const endpoint of running.endpoints) next.bindSync(endpoint);
  });

  test("counts what is lost with them", async () => {
    const running = balance("tcp://127.0.0.1:*", "tcp://127.0.0.1:*");
    await using asking = client(running.endpoints[0]!);
    await asking.send(["", "nobody answers"]);
    await eventually(() => running.stats.waiting === 1);
    await running.stop({ grace: 0 });
    expect(running.stats).toMatchObject({ unanswered: 1, waiting: 0 });
  });

  test("connects where it is to, with the options of the sockets", async () => {
    await using client = new Dealer({ routingId: "client" });
    await using worker = new Dealer({ receiveTimeout: 10_000 });
    await using running = balance(
      { connect: await client.bind("tcp://127.0.0.1:*") },
      { connect: await worker.bind("tcp://127.0.0.1:*"), socket: { routingId: "broker" } },
    );
    expect(running.endpoints).toEqual([]);
    await client.send(["", "question"]);
    await worker.send(["", "READY"]);
    await worker.send(answerTo(await worker.receive(), "answer"));
    expect(String((await client.receive())[1])).toBe("answer");
  });

  test("leaves nothing open where one can't be bound", async () => {
    await using taken = new Router();
    const endpoint = await taken.bind("tcp://127.0.0.1:*");
    const free = await freshTcp();
    expect(() => balance(free, endpoint)).toThrow(AddressError);
    await using next = new Router();
    await eventually(() => next.bind(free));
    expect(next.endpoints).toEqual([free]);
  });
});

describe("a request that ends its workers", () => {
  test("is dropped after maxAttempts of them, told and counted, and the others are answered", async () => {
    const dropped: [string, string, string][] = [];
    await using between = await broker({
      maxAttempts: 2,
      onUndeliverable: ([id, , body], { name, message }) => dropped.push([`${id} ${body}`, name, message]),
    });
    await using asking = new Dealer({ routingId: "asker", receiveTimeout: 10_000, linger: 0 });
    asking.connect(between.clientEnd);
    await asking.send(["", "deadly"]);
    for (const _ of numbers(2)) {
      await using victim = await rawWorker(between.workerEnd);
      expect(String((await victim.receive()).at(-1))).toBe("deadly");
    }
    await eventually(() => dropped.length > 0);
    expect(dropped).toEqual([
      [
        "asker deadly",
        "DisconnectedError",
        'Cannot give a request of "asker" to one more worker: 2 that held it are gone (maxAttempts)',
      ],
    ]);
    await using worker = await rawWorker(between.workerEnd);
    await asking.send(["", "harmless"]);
    await worker.send(answerTo(await worker.receive(), "answer"));
    expect(String((await asking.receive())[1])).toBe("answer");
    expect(between.running.stats).toMatchObject({ takenBack: 2, undeliverable: 1, answered: 1 });
  });

  test("goes on where they take leave, and ten times by default", async () => {
    await using between = await broker();
    await using asking = client(between.clientEnd);
    await asking.send(["", "work"]);
    for (const _ of numbers(12)) {
      await using leaving = await rawWorker(between.workerEnd);
      await leaving.receive();
      await leaving.send(["", "LEAVE"]);
      await eventually(() => between.running.stats.waiting === 1);
    }
    for (const n of numbers(10)) {
      await using victim = await rawWorker(between.workerEnd);
      expect(String((await victim.receive()).at(-1))).toBe("work");
      expect(between.running.stats).toMatchObject({ takenBack: 12 + n, undeliverable: 0 });
    }
    await eventually(() => between.running.stats.undeliverable === 1);
  });
});
