/** How a process with open sockets exits, and what still leaves. */

import { type Finished, fixture, freshTcp, run, spawnProcess } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { closeAll, Pull, Push } from "../../src/index.ts";

/** Milliseconds beyond `linger` that a process may take to end. */
const allowance = 200;

type Ended = Finished & {
  /** Milliseconds from the end of the fixture's scope to the exit. */
  readonly after: number;
  /** `after`, less by what a process without sockets was late beside it. */
  readonly ownAfter: number;
};

/** What zeromq says where libzmq takes more than half a second to end behind the program: on a busy machine, or because it lingers. */
const waits = "WARNING: Waiting for queued ZeroMQ messages";

/**
 * Runs a fixture whose last line is the time at which its scope ended, and beside it a process without sockets that has as long to
 * wait. On a busy machine the end of a process may itself take longer than the allowance: by what the one beside it is late, the
 * fixture may be late too. A machine may hold up one of the two alone, but that only ever adds time: the earliest of a few ends is
 * the nearest to the fixture's own. What a fixture gives must be right each time: `check` looks at it. Only that libzmq ends late may come once.
 */
async function ending(name: string, args: string[], wait: number, longest: number, check: (ended: Finished) => void) {
  for (let runs = 1; ; runs++) {
    const [finished, bare] = await Promise.all([timed(name, args), timed("ends-bare", [String(wait)])]);
    if (finished.stderr.includes(waits) && runs < 3) continue;
    check(finished);
    const ended: Ended = { ...finished, ownAfter: finished.after - Math.max(0, bare.after - wait) };
    if (ended.ownAfter < longest || runs === 3) return ended;
  }
}

async function timed(name: string, args: string[]): Promise<Finished & { readonly after: number }> {
  const began = performance.timeOrigin + performance.now();
  const finished = await run(fixture(`${name}.mjs`, import.meta.url), { args });
  const scopeEnd = Number(finished.stdout.trimEnd().split("\n").at(-1));
  return { ...finished, after: began + finished.elapsed - scopeEnd };
}

/** Expects an end by itself, without a word. */
function inOrder({ code, stderr }: Finished): void {
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
}

describe("a process that sent to a dead peer", () => {
  test.each([
    ["dispose", 0],
    ["dispose", 500],
    ["dispose", undefined],
    ["natural", 0],
    ["natural", 500],
    ["natural", undefined],
  ])("ends by itself within linger: %s, linger %s", async (how, linger) => {
    const args = [await freshTcp(), how, ...(linger === undefined ? [] : [String(linger)])];
    const longest = linger ?? 2_000;
    const { after, ownAfter } = await ending("dead-peer", args, longest, longest + allowance, inOrder);
    expect(after).toBeGreaterThan(longest - 50);
    expect(ownAfter).toBeLessThan(longest + allowance);
  });
});

describe("a process with open sockets", () => {
  test.each([
    ["idle", allowance],
    ["timedOutReceive", 1_000 + allowance],
    ["abortedReceive", 1_000 + allowance],
    ["abortedLoop", 1_000 + allowance],
  ])("ends by itself: %s within %s ms", async (way, longest) => {
    const { ownAfter } = await ending("ends", [way], longest - allowance, longest, inOrder);
    expect(ownAfter).toBeLessThan(longest);
  });

  test("stays for a message that is waited for, and ends then", async () => {
    const finished = await run(fixture("ends.mjs", import.meta.url), { args: ["forgotten"] });
    expect(finished).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("came") });
  });

  test("ends at once by process.exit(), with the code given", async () => {
    const { ownAfter } = await ending("ends", ["exit"], 0, allowance, ({ code, stderr }) =>
      expect({ code, stderr }).toEqual({ code: 7, stderr: "" }),
    );
    expect(ownAfter).toBeLessThan(allowance);
  });

  test("ends at once by an error, which it shows", async () => {
    const { ownAfter } = await ending("ends", ["throws"], 0, allowance, ({ code, stderr }) => {
      expect(code).toBe(1);
      expect(stderr).toContain("Error: on purpose");
    });
    expect(ownAfter).toBeLessThan(allowance);
  });
});

describe("200 awaited sends of 500 KB and then the natural end of the process", () => {
  test("all arrive at a reader that is there", async () => {
    await using reader = spawnProcess(fixture("big-reader.mjs", import.meta.url), {
      args: [await freshTcp(), "prompt"],
    });
    const sender = await run(fixture("big-sender.mjs", import.meta.url), { args: [await reader.line("tcp://")] });
    expect(sender).toMatchObject({ code: 0, stderr: "", stdout: "sent\n" });
    expect(JSON.parse(await reader.line(/^\{/))).toEqual({ whole: 200 });
  });

  test("all arrive at a reader that comes later", async () => {
    const endpoint = await freshTcp();
    await using sender = spawnProcess(fixture("big-sender.mjs", import.meta.url), { args: [endpoint] });
    const reader = await run(fixture("big-reader.mjs", import.meta.url), { args: [endpoint, "prompt"] });
    expect(reader.stdout).toContain('{"whole":200}');
    await expect(sender.exited).resolves.toMatchObject({ code: 0, stderr: "", stdout: "sent\n" });
  });

  test("all arrive at a reader that starts to read when the sender has come to its end", async () => {
    await using reader = spawnProcess(fixture("big-reader.mjs", import.meta.url), { args: [await freshTcp(), "slow"] });
    await using sender = spawnProcess(fixture("big-sender.mjs", import.meta.url), {
      args: [await reader.line("tcp://")],
    });
    await sender.line("sent");
    reader.kill("SIGUSR2");
    expect(JSON.parse(await reader.line(/^\{/))).toEqual({ whole: 200 });
    await expect(sender.exited).resolves.toMatchObject({ code: 0, stderr: "" });
  });
});

describe("closeAll", () => {
  test("closes every socket of the thread, and ends what waits on them", async () => {
    const pull = new Pull();
    const push = new Push({ linger: 0 });
    const endpoint = await pull.bind("tcp://127.0.0.1:*");
    const received = pull.receive();
    const loop = (async () => {
      for await (const _ of pull);
      return "over";
    })();
    received.catch(() => {});
    await closeAll();
    expect([pull.closed, push.closed]).toEqual([true, true]);
    await expect(received).rejects.toMatchObject({ code: "ERR_CLOSED" });
    await expect(loop).resolves.toBe("over");
    await using again = new Pull();
    await expect(again.bind(endpoint)).resolves.toBe(endpoint);
  });

  test("waits for what is still to be sent, for as long as its own linger says", async () => {
    const push = new Push({ immediate: false, linger: Number.POSITIVE_INFINITY });
    push.connect(await freshTcp());
    await push.send("for nobody");
    const began = performance.now();
    await closeAll({ linger: 300 });
    expect(performance.now() - began).toBeGreaterThan(250);
    // The socket itself would wait for ever.
    expect(performance.now() - began).toBeLessThan(50_000);
  });

  test("with a linger of Infinity waits until a peer has taken what was sent", async () => {
    await using pull = new Pull();
    const push = new Push({ immediate: false, linger: 0 });
    const address = await freshTcp();
    push.connect(address);
    await push.send("late");
    const closed = push.close({ linger: Number.POSITIVE_INFINITY });
    await pull.bind(address);
    expect(String(await pull.receive())).toBe("late");
    await closed;
  });
});
