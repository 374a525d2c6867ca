/** A second attempt before the first has failed. */

import { setTimeout as sleep } from "node:timers/promises";
import { eventually, gate, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { RequestHandler } from "../../src/index.ts";
import { aborted, client, closeAll, served } from "./pair.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  await closeAll();
});

describe("hedge", () => {
  const slowness = 800;

  /** 300 calls, in 60 lanes, to three servers of which the first is slow: who answered each, how long it took, and what the first saw. */
  async function callsOf(hedge: { after: number; budget: number } | undefined) {
    const reasons: unknown[] = [];
    const warm = new Set<number>();
    const toSlow = new Set<string>();
    const servers = numbers(3).map((index) =>
      served(async ([body], { signal }) => {
        warm.add(index);
        if (String(body) !== "warm up" && index === 0) {
          toSlow.add(String(body));
          await sleep(slowness, undefined, { signal }).catch(() => reasons.push(signal.reason));
        }
        return String(index);
      }),
    );
    const asking = client(servers, { hedge });
    await eventually(async () => {
      await Promise.all(numbers(3).map(() => asking.request("warm up")));
      return warm.size === 3;
    });
    const earlier = servers.reduce((sum, { stats }) => sum + stats.served, 0);
    const calls: { readonly isOfSlow: boolean; readonly time: number; readonly cameToSlow: boolean }[] = [];
    const lane = async (_: unknown, number: number) => {
      for (let call = 0; call < 5; call++) {
        const began = performance.now();
        const body = `${number} ${call}`;
        const [server] = await asking.request(body, { idempotent: true });
        const time = performance.now() - began;
        calls.push({ isOfSlow: String(server) === "0", time, cameToSlow: toSlow.has(body) });
      }
    };
    await Promise.all(numbers(60).map(lane));
    await eventually(() => servers.every(({ stats }) => stats.running === 0));
    const begun = servers.reduce((sum, { stats }) => sum + stats.served, 0) - earlier;
    return { calls, begun, reasons, stats: asking.stats };
  }

  test("has less than a hundredth of the calls wait for the slow one of three servers; the losers are cancelled", async () => {
    const plain = await callsOf(undefined);
    // Where the machine is slow, calls of fast servers are hedged as well: there is enough for all.
    const hedged = await callsOf({ after: 30, budget: 1 });
    const ofSlow = ({ calls }: typeof plain) => calls.filter(({ isOfSlow }) => isOfSlow);
    expect(ofSlow(plain).length).toBeGreaterThan(3);
    for (const { time } of ofSlow(plain)) expect(time).toBeGreaterThan(slowness - 10);
    expect(ofSlow(hedged).length).toBeLessThan(3);
    // Not the longest: what a busy machine adds to some of them tells nothing.
    const times = hedged.calls.filter(({ cameToSlow }) => cameToSlow).map(({ time }) => time);
    const median = times.sort((a, b) => a - b)[times.length >> 1] as number;
    expect(median).toBeLessThan(slowness);
    expect(plain.begun).toBe(300);
    expect(hedged.begun).toBe(300 + hedged.stats.hedged);
    expect(hedged.stats.hedged).toBeGreaterThan(0);
    expect(hedged.stats.hedged).toBeLessThanOrEqual(300);
    expect(hedged.reasons.length).toBeGreaterThan(0);
    for (const reason of hedged.reasons) expect(reason).toMatchObject({ code: "ERR_CANCELLED" });
  });

  test("comes so long after the first attempt, however long the call waited before that", async () => {
    const opening = gate();
    let begun = 0;
    const answer: RequestHandler = async ([body], { signal }) => {
      if (String(body) === "first") await opening.opened;
      else if (begun++ === 0) await aborted(signal);
      return "";
    };
    const servers = [served(answer), served(answer)];
    const asking = client(servers, { maxInFlight: 2, hedge: { after: 50 } });
    const firsts = numbers(2).map(() => asking.request("first"));
    await eventually(() => servers.every(({ stats }) => stats.running === 1));
    const began = performance.now();
    const call = asking.request("second", { idempotent: true });
    await eventually(() => performance.now() - began > 100);
    opening.open();
    await Promise.all([call, ...firsts]);
    expect(asking.stats).toMatchObject({ hedged: 1, succeeded: 3 });
  });

  test("after a time longer than a timer keeps never comes", async () => {
    const begun = vi.fn();
    const slow = async () => {
      begun();
      await sleep(50);
      return "";
    };
    for (const after of [Number.POSITIVE_INFINITY, 1e12]) {
      begun.mockClear();
      await client([served(slow), served(slow)], { hedge: { after } }).request("?", { idempotent: true });
      expect(begun).toHaveBeenCalledTimes(1);
    }
  });

  test("adds no more calls than its budget, when all servers are slow; none to calls that are not idempotent", async () => {
    let begun = 0;
    const slow = async () => {
      begun += 1;
      await sleep(60);
      return "";
    };
    const asking = client([served(slow), served(slow)], { hedge: { after: 10 } });
    await asking.request("warm up");
    await Promise.all(numbers(50).map(() => asking.request("?")));
    expect(asking.stats.hedged).toBe(0);
    begun = 0;
    for (let round = 0; round < 10; round++)
      await Promise.all(numbers(30).map(() => asking.request("?", { idempotent: true })));
    expect(asking.stats.hedged).toBeGreaterThan(10);
    expect(asking.stats.hedged).toBeLessThanOrEqual(10 + 30);
    await eventually(() => begun === 300 + asking.stats.hedged);
  });

  test("goes to the other server, even if that one was slow just now", async () => {
    let hanging = "";
    const servers = numbers(2).map((index) =>
      served(async (_, { signal }) => {
        if (hanging === "") hanging = String(index);
        if (hanging === String(index)) await aborted(signal);
        return String(index);
      }),
    );
    // So soon that the first server is still avoided when the second call is hedged.
    const asking = client(servers, { hedge: { after: 5, budget: 1 } });
    await asking.ready({ servers: 2 });
    const ask = async () => String((await asking.request("?", { idempotent: true }))[0]);
    const fast = await ask();
    expect(fast).not.toBe(hanging);
    // Now the other one hangs.
    hanging = fast;
    expect(await ask()).not.toBe(fast);
  });
});
