/** Whatever has a time of its own in the sources is waited past here while something is pending, which then still goes on. */

import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually, fixture, freshInproc, freshTcp, numbers, run, spawnProcess } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { socket } from "../src/index.ts";

/** Longer than the pauses between two looks of all kinds. */
const long = 300;

describe.concurrent("after a long wait", () => {
  test("a socket that keeps no process alive hears its message", async () => {
    const pull = socket("pull");
    const push = socket("push");
    pull.bindSync("tcp://127.0.0.1:*");
    pull.unref();
    push.connect(pull.last_endpoint);
    const heard = once(pull, "message");
    await sleep(long);
    push.send("late");
    expect(String((await heard)[0])).toBe("late");
    push.close();
    pull.close();
  });

  test("such a socket takes no more than a thousand messages in one turn, and all in time", async () => {
    const address = freshInproc();
    const pull = socket("pull", { rcvhwm: 5_000 }).bindSync(address);
    const push = socket("push", { sndhwm: 5_000 }).connect(address);
    pull.unref();
    for (let number = 0; number < 3_000; number++) push.send(number);
    const heard: number[] = [];
    const turns = new Map<number, number>();
    let turn = 0;
    const turning = setInterval(() => (turn += 1), 1);
    pull.on("message", (number: Buffer) => {
      heard.push(Number(number));
      turns.set(turn, (turns.get(turn) ?? 0) + 1);
    });
    await eventually(() => heard.length === 3_000);
    clearInterval(turning);
    expect(heard).toEqual(numbers(3_000));
    expect(Math.max(...turns.values())).toBeLessThanOrEqual(1_000);
    push.close();
    pull.close();
  });

  test("a program that waits for room is told when there is some", async () => {
    const push = socket("push").bindSync("tcp://127.0.0.1:*");
    const pull = socket("pull");
    const heard = once(pull, "message");
    push._zmq.pending = true;
    let isReady = false;
    push._zmq.onSendReady = () => {
      push._zmq.pending = false;
      isReady = true;
    };
    await sleep(long);
    expect(isReady).toBe(false);
    pull.connect(push.last_endpoint);
    await eventually(() => isReady);
    expect(push._zmq.sendv(["late", 0])).toBe(true);
    expect(String((await heard)[0])).toBe("late");
    push.close();
    pull.close();
  });

  test("a monitor tells what happens", async () => {
    const pull = socket("pull");
    const push = socket("push");
    pull.bindSync("tcp://127.0.0.1:*");
    pull.monitor();
    const accepted = once(pull, "accept");
    await sleep(long);
    push.connect(pull.last_endpoint);
    await accepted;
    push.close();
    pull.close();
  });

  test.each(["bind", "bindSync"] as const)(
    "a %s to a port that was given up, and that another has then, says so",
    async (how) => {
      const first = socket("pull");
      first.bindSync("tcp://127.0.0.1:*");
      const endpoint = first.last_endpoint as string;
      const closed = performance.now();
      first.close();
      const server = createServer();
      await eventually(async () => {
        server.listen(Number(endpoint.split(":").at(-1)), "127.0.0.1");
        await once(server, "listening");
        return true;
      });
      const second = socket("pull");
      const error = await new Promise<unknown>((resolve) => {
        if (how === "bind") second.bind(endpoint, resolve);
        else {
          try {
            second.bindSync(endpoint);
          } catch (thrown) {
            resolve(thrown);
          }
        }
      });
      expect(error).toMatchObject({ code: "EADDRINUSE" });
      // It tried for half a second from the close on.
      expect(performance.now() - closed).toBeGreaterThan(490);
      server.close();
      await once(server, "close");
      second.bindSync(endpoint);
      second.close();
    },
  );
});

describe.concurrent("a process with messages that can't leave", () => {
  const exits = fixture("exits.cjs", import.meta.url);
  const all = numbers(1_000);

  function reader(endpoint = "tcp://127.0.0.1:*", options = {}) {
    const pull = socket("pull", options).bindSync(endpoint);
    const heard: number[] = [];
    pull.on("message", (number: Buffer) => heard.push(Number(number)));
    return { pull, heard, endpoint: pull.last_endpoint as string };
  }

  /** What the end of a program took, and what it used of the processor, both in milliseconds. */
  function ending({ stdout }: { readonly stdout: string }): { took: number; used: number } {
    const [took, used] = (stdout.split("\n").at(-2) as string).split(" ").map(Number) as [number, number];
    return { took, used };
  }

  test.each([
    ["exit", 0, ""],
    ["close-and-exit", 0, ""],
    // It has so many milliseconds of linger.
    ["close", 290, "A closed push socket did not send 500 of its messages"],
  ])("for nobody is there, ends all the same, and what can leave does: by %s", async (name, least, warning) => {
    const { pull, heard, endpoint } = reader();
    const finished = await run(exits, { args: [`absent, ${name}`, endpoint, await freshTcp()] });
    expect(finished).toMatchObject({ code: 0, signal: null, stderr: expect.stringContaining(warning) });
    const { took } = ending(finished);
    expect(took).toBeGreaterThan(least);
    expect(took).toBeLessThan(50_000);
    await eventually(() => heard.length >= 1_000);
    expect(heard).toEqual(all);
    pull.close();
  });

  test.each(["exit", "close"])("for its peer does not read, ends all the same: by %s", async (name) => {
    const { pull, heard, endpoint } = reader(undefined, { rcvhwm: 10 });
    pull.pause();
    const finished = await run(exits, { args: [`full, ${name}`, endpoint] });
    expect(finished).toMatchObject({ code: 0, signal: null });
    expect(ending(finished).took).toBeLessThan(50_000);
    pull.resume();
    await eventually(() => heard.length > 10);
    expect(heard).toEqual(all.slice(0, heard.length));
    expect(heard.length).toBeLessThan(200);
    pull.close();
  });

  test("lives, at rest, and sends them when somebody comes, though its sockets keep nothing alive", async () => {
    const { pull, heard, endpoint } = reader();
    const address = await freshTcp();
    const beside = reader();
    await using child = spawnProcess(exits, { args: ["absent, unref", endpoint, address] });
    await using resting = spawnProcess(exits, { args: ["absent, rest", beside.endpoint, address] });
    await Promise.all([child.line("ending"), resting.line("ending")]);
    await sleep(600);
    const late = reader(address);
    expect(await child.exited).toMatchObject({ code: 0, signal: null, stderr: "" });
    resting.kill();
    expect(await resting.exited).toMatchObject({ code: 0, signal: null, stderr: "" });
    // One that sends the same to readers that are there has no rest, and one that sends nothing has the attempts to connect alone.
    const prompt = [reader(), reader()];
    const args = ["absent, unref", ...prompt.map(({ endpoint }) => endpoint)];
    const restless = ending(await run(exits, { args }));
    const { took, used } = ending(child);
    expect(took).toBeGreaterThan(500);
    // It is twice as much as the work and the attempts to connect take. One that looked without a pause would use all of the time.
    expect(used).toBeLessThan(8 * (restless.used + ending(resting).used));
    await eventually(() => heard.length >= 1_000 && late.heard.length >= 1_000);
    expect([heard, late.heard]).toEqual([all, all]);
    for (const each of [pull, beside.pull, late.pull, ...prompt.map(({ pull }) => pull)]) each.close();
  });
});
