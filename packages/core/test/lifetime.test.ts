import { type Finished, freshTcp, run, spawnProcess } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { closeAll, Pull, Push } from "../src/index.ts";

const fixture = (name: string) => new URL(`./fixtures/${name}.mjs`, import.meta.url);

/** Milliseconds beyond `linger` that a process may take to end. */
const allowance = 200;

/** Runs a fixture whose last line is the time at which its scope ended; gives the milliseconds from there to the exit. */
async function ending(name: string, args: string[]): Promise<Finished & { readonly after: number }> {
  const began = performance.timeOrigin + performance.now();
  const finished = await run(fixture(name), { args });
  const scopeEnd = Number(finished.stdout.trimEnd().split("\n").at(-1));
  return { ...finished, after: began + finished.elapsed - scopeEnd };
}

// On a busy machine the end of a process itself may take longer than the allowance: hence `retry`, and no two at a time.
describe("a process that sent to a dead peer", { retry: 2 }, () => {
  test.each([
    ["dispose", 0],
    ["dispose", 500],
    ["dispose", undefined],
    ["natural", 0],
    ["natural", 500],
    ["natural", undefined],
  ])("ends by itself within linger: %s, linger %s", async (how, linger) => {
    const args = [await freshTcp(), how, ...(linger === undefined ? [] : [String(linger)])];
    const { code, stderr, after } = await ending("dead-peer", args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const longest = linger ?? 2_000;
    expect(after).toBeGreaterThan(longest - 50);
    expect(after).toBeLessThan(longest + allowance);
  });
});

describe("a process with open sockets", { retry: 2 }, () => {
  test.each([
    ["idle", allowance],
    ["timedOutReceive", 1_000 + allowance],
    ["abortedReceive", 1_000 + allowance],
    ["abortedLoop", 1_000 + allowance],
  ])("ends by itself: %s within %s ms", async (way, longest) => {
    const { code, stderr, after } = await ending("ends", [way]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(after).toBeLessThan(longest);
  });

  test("stays for a message that is waited for, and ends then", async () => {
    const { code, stderr, stdout } = await ending("ends", ["forgotten"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("came");
  });

  test("ends at once by process.exit(), with the code given", async () => {
    const { code, stderr, after } = await ending("ends", ["exit"]);
    expect({ code, stderr }).toEqual({ code: 7, stderr: "" });
    expect(after).toBeLessThan(allowance);
  });

  test("ends at once by an error, which it shows", async () => {
    const { code, stderr, after } = await ending("ends", ["throws"]);
    expect(code).toBe(1);
    expect(stderr).toContain("Error: on purpose");
    expect(after).toBeLessThan(allowance);
  });
});

describe("200 awaited sends of 500 KB and then the natural end of the process", () => {
  test("all arrive at a reader that is there", async () => {
    await using reader = spawnProcess(fixture("big-reader"), { args: [await freshTcp(), "prompt"] });
    const sender = await run(fixture("big-sender"), { args: [await reader.line("tcp://")] });
    expect(sender).toMatchObject({ code: 0, stderr: "", stdout: "sent\n" });
    expect(JSON.parse(await reader.line(/^\{/))).toEqual({ whole: 200 });
  });

  test("all arrive at a reader that comes later", async () => {
    const endpoint = await freshTcp();
    await using sender = spawnProcess(fixture("big-sender"), { args: [endpoint] });
    const reader = await run(fixture("big-reader"), { args: [endpoint, "prompt"] });
    expect(reader.stdout).toContain('{"whole":200}');
    await expect(sender.exited).resolves.toMatchObject({ code: 0, stderr: "", stdout: "sent\n" });
  });

  test("all arrive at a reader that starts to read when the sender has come to its end", async () => {
    await using reader = spawnProcess(fixture("big-reader"), { args: [await freshTcp(), "slow"] });
    // The reader is slow by itself, and may be slower where the machine is: longer than the default of 2 s.
    await using sender = spawnProcess(fixture("big-sender"), { args: [await reader.line("tcp://"), "20000"] });
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
    const push = new Push({ immediate: false, linger: -1 });
    push.connect(await freshTcp());
    await push.send("for nobody");
    const began = performance.now();
    await closeAll({ linger: 300 });
    expect(performance.now() - began).toBeGreaterThan(250);
    expect(performance.now() - began).toBeLessThan(300 + allowance);
  });
});
