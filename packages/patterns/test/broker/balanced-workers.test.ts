/** Workers that die, that lie, and requests that end them. */

import { Dealer, Router, UnroutableError } from "@awaitmq/core";
import { eventually, FlakyLink, fixture, numbers, spawnProcess } from "@awaitmq/testing";
import { describe, expect, test, vi } from "vitest";
import { balance, serveBalanced } from "../../src/index.ts";
import { announceArrivals, announceDisconnects } from "../../src/message/disconnect-message.ts";
import { countsOf } from "./counts.ts";
import { answerTo, broker, client, isQuiet, rawWorker } from "./raw.ts";

vi.mock("../../src/message/disconnect-message.ts", { spy: true });

const program = fixture("balanced-worker.mjs", import.meta.url);

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
      // It has room for one: until it answers, the next goes to the one that is dead.
      await eventually(() => running.stats.takenBack > 0);
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

describe("a request that ends its workers", () => {
  test("is dropped after maxAttempts of them, told and counted, and the others are answered", async () => {
    const dropped: [string, string, string][] = [];
    await using between = await broker({
      maxAttempts: 2,
      onUndeliverable: ([id, , body], { name, message }) => dropped.push([`${id} ${body}`, name, message]),
    });
    await using asking = new Dealer({ routingId: "asker", receiveTimeout: 100_000, linger: 0 });
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
        'Cannot retry a request of "asker": 2 workers were lost while they held it (maxAttempts)',
      ],
    ]);
    await using worker = await rawWorker(between.workerEnd);
    await asking.send(["", "harmless"]);
    await worker.send(answerTo(await worker.receive(), "answer"));
    expect(String((await asking.receive())[1])).toBe("answer");
    await countsOf(between.running, { takenBack: 2, undeliverable: 1, answered: 1 });
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
