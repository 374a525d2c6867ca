/** Slides 5 to 7: envelopes, identities, several transports. */

import { networkInterfaces } from "node:os";
import { eventually, freshIpc, freshTcp, run } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { ended, lined, orders, program, start, started, stopped } from "./programs.ts";

const loopback = Object.entries(networkInterfaces()).find(([, addresses]) =>
  addresses?.some(({ address }) => address === "127.0.0.1"),
)?.[0];

describe("5-dealer-reps", () => {
  const sent = "4 requests have left, no answer is here yet";
  const answer = (server: string, task: number) => JSON.stringify(["", "Done by", server, "task", String(task)]);

  test.each(orders)("sends four requests at once and gets each delimiter back, %s", async (order) => {
    const [one, two] = [await freshTcp(), await freshTcp()];
    const [first, second, dealer] = await started(
      order,
      [
        ["one listens", "5-dealer-reps/rep.js", "one", one],
        ["two listens", "5-dealer-reps/rep.js", "two", two],
      ],
      [[sent, "5-dealer-reps/dealer.js", one, two]],
    );
    const lines = await ended(dealer);
    expect(lines[0]).toBe(sent);
    expect(lines.filter((line) => line.includes('"one"'))).toEqual([answer("one", 1), answer("one", 3)]);
    expect(lines.filter((line) => line.includes('"two"'))).toEqual([answer("two", 2), answer("two", 4)]);
    expect(lines).toHaveLength(5);
    expect(await stopped(first)).toEqual([`one listens on ${one}`, 'one gets ["task","1"]', 'one gets ["task","3"]']);
    expect(await stopped(second)).toEqual([`two listens on ${two}`, 'two gets ["task","2"]', 'two gets ["task","4"]']);
  });

  test("does not wait for the answers of a server that is not there", async () => {
    const [one, two] = [await freshTcp(), await freshTcp()];
    const dealer = await start(sent, "5-dealer-reps/dealer.js", one, two);
    await start("two listens", "5-dealer-reps/rep.js", "two", two);
    await eventually(() => dealer.stdout.includes(answer("two", 4)));
    await start("one listens", "5-dealer-reps/rep.js", "one", one);
    expect(await ended(dealer)).toEqual([sent, answer("two", 2), answer("two", 4), answer("one", 1), answer("one", 3)]);
  });

  test("tells by the envelope whose answer it is", async () => {
    const [one, two] = [await freshTcp(), await freshTcp()];
    const first = await start("one listens", "5-dealer-reps/rep.js", "one", one);
    const second = await start("two listens", "5-dealer-reps/rep.js", "two", two);
    const { code, stdout, stderr } = await run(program("5-dealer-reps/envelope.js"), { args: [one, two] });
    expect(stderr).toBe("");
    expect(lined(stdout).sort()).toEqual(["job 1, wash: Done by one wash", "job 2, cook: Done by two cook"]);
    expect(code).toBe(0);
    expect(await stopped(first)).toEqual([`one listens on ${one}`, 'one gets ["wash"]']);
    expect(await stopped(second)).toEqual([`two listens on ${two}`, 'two gets ["cook"]']);
  });
});

describe("6-router-identities", () => {
  test.each(orders)("knows a peer by its own identity or by one made up, %s", async (order) => {
    const url = await freshTcp();
    const [router, named, nameless] = await started(
      order,
      [["Listening", "6-router-identities/router.js", url]],
      [
        ["Connecting", "6-router-identities/req.js", url],
        ["Connecting", "6-router-identities/req.js", url, ""],
      ],
    );
    expect(await ended(named)).toEqual([`Connecting to ${url} as "peer 1"`, 'Answer: ["Hello, peer 1"]']);
    expect(await ended(nameless)).toEqual([`Connecting to ${url} as ""`, 'Answer: ["Hello, a peer of 5 bytes"]']);
    const [listening, ...requests] = await stopped(router);
    expect(listening).toBe(`Listening on ${url}`);
    expect(requests.sort()).toEqual([
      '3 segments from a peer of 5 bytes: "" "Hello"',
      '3 segments from peer 1: "" "Hello"',
    ]);
  });

  test("answers the last request first", async () => {
    const url = await freshTcp();
    const router = await start("Listening", "6-router-identities/last-first.js", url);
    const first = await start("Connecting", "6-router-identities/req.js", url);
    await router.line("peer 1 asks");
    const last = await start("Connecting", "6-router-identities/req.js", url, "peer 2");
    expect((await ended(first)).at(-1)).toBe('Answer: ["You were number 1"]');
    expect((await ended(last)).at(-1)).toBe('Answer: ["You were number 2"]');
    expect(await stopped(router)).toEqual([
      `Listening on ${url}`,
      "peer 1 asks: Hello",
      "peer 2 asks: Hello",
      "peer 2 is answered",
      "peer 1 is answered",
    ]);
  });
});

describe.skipIf(process.platform === "win32" || loopback === undefined)("7-multi-transport", () => {
  test("is one server for tcp, an interface and ipc", async () => {
    const { bound, connected } = await transports();
    const server = await start(`Listening on ${bound.at(-1)}`, "7-multi-transport/server.js", ...bound);
    for (const url of connected) {
      const { code, stdout, stderr } = await run(program("7-multi-transport/client.js"), { args: [url] });
      expect(stderr).toBe("");
      expect(lined(stdout)).toEqual([`Connecting to ${url}`, `Answer to request over ${url}`]);
      expect(code).toBe(0);
    }
    expect(await stopped(server)).toEqual([
      ...bound.map((url) => `Listening on ${url}`),
      ...connected.map((url) => `Request: request over ${url}`),
    ]);
  });

  test.each(orders)("answers one client over all of them in turn, %s", async (order) => {
    const { bound, connected } = await transports();
    const [server, client] = await started(
      order,
      [[`Listening on ${bound.at(-1)}`, "7-multi-transport/server.js", ...bound]],
      [["Connecting", "7-multi-transport/client.js", ...connected]],
    );
    expect(await ended(client)).toEqual([
      `Connecting to ${connected.join(", ")}`,
      ...connected.map((url) => `Answer to request over ${url}`),
    ]);
    // A client that waits is answered over the first bind before there is a second.
    const lines = await stopped(server);
    expect(lines.filter((line) => line.startsWith("Listening"))).toEqual(bound.map((url) => `Listening on ${url}`));
    expect(lines.filter((line) => line.startsWith("Request"))).toEqual(
      connected.map((url) => `Request: request over ${url}`),
    );
    expect(lines).toHaveLength(6);
  });

  async function transports() {
    const [address, onInterface, path] = [await freshTcp(), await freshTcp(), freshIpc()];
    return {
      bound: [address, onInterface.replace("127.0.0.1", loopback!), path],
      connected: [address, onInterface, path],
    };
  }
});
