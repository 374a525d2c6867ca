/** A client whose servers crash and whose links fall silent. */

import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { MessagingError, TimeoutError } from "@awaitmq/core";
import { eventually, FlakyLink, fixture, freshTcp, type RunningProcess, spawnProcess } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { DisconnectedError } from "../../src/index.ts";
import { aborted, client, closeAll, connected, served } from "./pair.ts";

afterEach(closeAll);

const serverScript = fixture("echo-under-fire.mjs", import.meta.url);

/** Milliseconds that a call may take; and by how much more it may be late than this process is anyway. */
const timeouts = { idempotent: 60_000, once: 2_000 };
const slack = 3_000;
/** Milliseconds in which a silence is noticed: less than any other time that could end it. */
const soon = 50_000;

interface Outcome {
  readonly token: string;
  readonly idempotent: boolean;
  readonly reply: string | undefined;
  readonly error: unknown;
  readonly elapsed: number;
}

/** The tokens of the requests that one life of a server has begun. */
function begunIn({ stdout }: RunningProcess): string[] {
  return stdout.split("\n").slice(1, -1);
}

/** Three servers, of which one is killed and started again each second until `stop` is called. */
async function servers(lives: RunningProcess[]) {
  const endpoints = [await freshTcp(), await freshTcp(), await freshTcp()];
  const start = async (index: number) => {
    const life = spawnProcess(serverScript, { args: [endpoints[index] as string, String(index)] });
    lives.push(life);
    await life.line("ready");
    return life;
  };
  const current = await Promise.all(endpoints.map((_, index) => start(index)));
  const stopping = new AbortController();
  let kills = 0;
  const kill = async () => {
    for (; ; kills++) {
      await sleep(1_000, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return kills;
      const index = kills % 3;
      await current[index]?.[Symbol.asyncDispose]();
      current[index] = await start(index);
    }
  };
  const killing = kill();
  return {
    endpoints,
    get kills() {
      return kills;
    },
    stop() {
      stopping.abort();
      return killing;
    },
  };
}

describe("a client under fire, whose servers are killed and leave requests unanswered,", () => {
  test("settles each of 10 000 calls or more in time, with its own reply, and has no more handled twice than it may", async () => {
    const lives: RunningProcess[] = [];
    const fire = await servers(lives);
    const delays = monitorEventLoopDelay();
    delays.enable();
    try {
      const asking = connected({
        connect: fire.endpoints,
        retry: { attempts: 10, delay: 20, maxDelay: 200, attemptTimeout: 1_500, budget: 1 },
      });
      const outcomes: Outcome[] = [];
      const ask = async (number: number): Promise<void> => {
        const idempotent = number % 2 === 0;
        const token = `${idempotent ? "idempotent" : "once"}-${number}`;
        const began = performance.now();
        const told = await asking
          .request(token, { idempotent, timeout: idempotent ? timeouts.idempotent : timeouts.once })
          .then(
            (frames) => ({ reply: frames.map(String).join(), error: undefined }),
            (error: unknown) => ({ reply: undefined, error }),
          );
        outcomes.push({ token, idempotent, ...told, elapsed: performance.now() - began });
      };
      let next = 0;
      const lane = async () => {
        // The fourth kill is the first of a server that was started again.
        while (next < 10_000 || fire.kills < 4) await ask(next++);
        killed ??= fire.kills;
      };
      let killed: number | undefined;
      await Promise.all(Array.from({ length: 200 }, lane));
      await fire.stop();
      const late = delays.max / 1e6;
      expect(asking.stats).toMatchObject({ inFlight: 0, waiting: 0, invalid: 0 });

      expect(outcomes.length).toBe(next);
      for (const { token, idempotent, reply, elapsed } of outcomes) {
        if (reply !== undefined) expect(reply).toBe(token);
        expect(elapsed).toBeLessThan((idempotent ? timeouts.idempotent : timeouts.once) + slack + late);
      }

      const rejected = outcomes.filter(({ error }) => error !== undefined);
      expect(rejected.filter(({ idempotent }) => idempotent)).toEqual([]);
      for (const { error } of rejected) expect(error).toBeInstanceOf(MessagingError);
      const kinds = new Set(rejected.map(({ error }) => (error as MessagingError).name));
      expect([...kinds].sort()).toEqual(["DisconnectedError", "TimeoutError"]);

      const times = new Map<string, number>();
      for (const token of lives.flatMap(begunIn)) times.set(token, (times.get(token) ?? 0) + 1);
      const once = outcomes.filter(({ idempotent }) => !idempotent);
      expect(once.filter(({ token }) => (times.get(token) ?? 0) > 1)).toEqual([]);
      expect(once.filter(({ token, reply }) => reply !== undefined && times.get(token) !== 1)).toEqual([]);
      expect([...times.values()].some((count) => count > 1)).toBe(true);

      // Those that came back are asked in their life of three seconds and three starts. Behind the last call nothing is sent.
      const back = lives.slice(3, killed);
      expect(back.length).toBeGreaterThan(0);
      for (const life of back) expect(begunIn(life).length).toBeGreaterThan(0);
    } finally {
      delays.disable();
      await fire.stop();
      await Promise.all(lives.map((life) => life[Symbol.asyncDispose]()));
    }
  });
});

describe("a link that falls silent, without an end of its connection,", () => {
  const heartbeat = { heartbeatInterval: 100, heartbeatTimeout: 300, heartbeatTimeToLive: 300 };

  test("is noticed within the heartbeat time, and used again when it speaks", async () => {
    const reasons: unknown[] = [];
    const server = served(async ([what], { signal }) => {
      if (String(what) === "wait") reasons.push(await aborted(signal));
      return what as Buffer;
    });
    await using link = await FlakyLink.open(server.endpoints[0] as string);
    const asking = connected({ connect: link.address, socket: heartbeat });
    await asking.request("warm up");
    const call = asking.request("wait", { timeout: 100_000 });
    await eventually(() => server.stats.running === 1);
    // The client's first heartbeat, which tells the server for how long it may be silent.
    const before = link.relayed;
    await eventually(() => link.relayed > before);
    const began = performance.now();
    link.stall();
    await expect(call).rejects.toBeInstanceOf(DisconnectedError);
    expect(performance.now() - began).toBeLessThan(soon);
    await eventually(() => reasons.length === 1);
    expect(reasons[0]).toBeInstanceOf(DisconnectedError);
    const waiting = asking.request("still silent", { timeout: 200 });
    await expect(waiting).rejects.toBeInstanceOf(TimeoutError);
    link.resume();
    expect(String(await asking.request("again"))).toBe("again");
  });

  test("does not hold up an idempotent call: another server answers it", async () => {
    const silent = served(async (_, { signal }) => {
      await aborted(signal);
      return "silent";
    });
    const other = served(() => "other");
    await using link = await FlakyLink.open(silent.endpoints[0] as string);
    const asking = client(other, { connect: [link.address, ...other.endpoints], socket: heartbeat });
    const calls: Promise<unknown>[] = [];
    await eventually(() => {
      calls.push(asking.request("?", { idempotent: true, timeout: 100_000 }));
      return silent.stats.running > 0;
    });
    const began = performance.now();
    link.stall();
    expect(new Set((await Promise.all(calls)).map(String))).toEqual(new Set(["other"]));
    expect(performance.now() - began).toBeLessThan(soon);
  });
});
