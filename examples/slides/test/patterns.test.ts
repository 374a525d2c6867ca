/** Slides 1 to 4: request and reply, push and pull, publish and subscribe. */

import { freshTcp, run } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { ended, orders, program, start, started, stopped } from "./programs.ts";

describe("1-req-rep", () => {
  test.each(orders)("takes three forms of send for the same message, %s", async (order) => {
    const url = await freshTcp();
    const [server, client] = await started(
      order,
      [["Listening", "1-req-rep/server.js", url]],
      [["Connecting", "1-req-rep/client.js", url]],
    );
    expect(await ended(client)).toEqual([
      `Connecting to ${url}`,
      "send has returned its socket: true",
      "Answer: add 3",
      "Answer: add 7",
      "Answer: add 11",
    ]);
    expect(await stopped(server)).toEqual([
      `Listening on ${url}`,
      "Request: add 1 2",
      "Request: add 3 4",
      "Request: add 5 6",
    ]);
  });

  test("serves several clients, one after the other and at once", async () => {
    const url = await freshTcp();
    const server = await start("Listening", "1-req-rep/server.js", url);
    const answers = ["Answer: add 3", "Answer: add 7", "Answer: add 11"];
    const first = await start("Connecting", "1-req-rep/client.js", url);
    expect(await ended(first)).toEqual(expect.arrayContaining(answers));
    const others = await Promise.all([1, 2].map(() => start("Connecting", "1-req-rep/client.js", url)));
    for (const client of others) expect((await ended(client)).slice(2)).toEqual(answers);
    expect((await stopped(server)).slice(1).sort()).toEqual(
      ["Request: add 1 2", "Request: add 3 4", "Request: add 5 6"].flatMap((request) => [request, request, request]),
    );
  });

  test("fails when its port is taken", async () => {
    const url = await freshTcp();
    await start("Listening", "1-req-rep/server.js", url);
    const { code, stdout, stderr } = await run(program("1-req-rep/server.js"), { args: [url] });
    expect(stderr).toMatch(/^Error: .*\bin use\b/im);
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });
});

describe("2-two-servers", () => {
  test.each(orders)("takes turns, and waits for each answer, %s", async (order) => {
    const [one, two] = [await freshTcp(), await freshTcp()];
    // Without the wait for its first answer, that of the other server would be there before it.
    const milliseconds = "200";
    const [slow, fast, client] = await started(
      order,
      [
        ["one listens", "2-two-servers/server.js", "one", one, milliseconds],
        ["two listens", "2-two-servers/server.js", "two", two],
      ],
      [[`Connecting to ${two}`, "2-two-servers/client.js", one, two]],
    );
    expect(await ended(client)).toEqual([
      `Connecting to ${one}`,
      `Connecting to ${two}`,
      "one has answered request 1",
      "two has answered request 2",
      "one has answered request 3",
      "two has answered request 4",
    ]);
    expect(await stopped(slow)).toEqual([`one listens on ${one}`, "one works on request 1", "one works on request 3"]);
    expect(await stopped(fast)).toEqual([`two listens on ${two}`, "two works on request 2", "two works on request 4"]);
  });
});

describe("3-push-pull", () => {
  test.each(orders)("deals the tasks out in turn and collects every result, %s", async (order) => {
    const urls = [await freshTcp(), await freshTcp(), await freshTcp()];
    const collected = await freshTcp();
    const [one, two, three, collector, producer] = await started(
      order,
      [
        ["one listens", "3-push-pull/worker.js", "one", urls[0]!, collected],
        ["two listens", "3-push-pull/worker.js", "two", urls[1]!, collected],
        ["three listens", "3-push-pull/worker.js", "three", urls[2]!, collected],
        ["Listening", "3-push-pull/collector.js", collected],
      ],
      [["6 tasks", "3-push-pull/producer.js", ...urls]],
    );
    expect(await ended(producer)).toEqual(["6 tasks for 3 workers"]);

    const results = await ended(collector);
    expect(results[0]).toBe(`Listening on ${collected}`);
    expect(results.slice(1, -1).sort()).toEqual([
      "1 squared is 1, says one",
      "2 squared is 4, says two",
      "3 squared is 9, says three",
      "4 squared is 16, says one",
      "5 squared is 25, says two",
      "6 squared is 36, says three",
    ]);
    for (const name of ["one", "two", "three"]) {
      const ofWorker = results.filter((line) => line.endsWith(`says ${name}`));
      expect(ofWorker).toEqual([...ofWorker].sort());
    }
    expect(results.at(-1)).toBe("The sum is 91");

    expect(await stopped(one)).toEqual([`one listens on ${urls[0]}`, "one: square 1", "one: square 4"]);
    expect(await stopped(two)).toEqual([`two listens on ${urls[1]}`, "two: square 2", "two: square 5"]);
    expect(await stopped(three)).toEqual([`three listens on ${urls[2]}`, "three: square 3", "three: square 6"]);
  });
});

describe("4-pub-sub", () => {
  const topics = ["weather.valencia", "weather.madrid", "traffic.valencia"];

  test.each(orders)("gives each subscriber what its prefixes ask for, %s", async (order) => {
    const url = await freshTcp();
    const [publisher, weather, two, all] = await started(
      order,
      [["Publishing", "4-pub-sub/publisher.js", url]],
      [
        ["Connecting", "4-pub-sub/subscriber.js", url, "weather"],
        ["Connecting", "4-pub-sub/subscriber.js", url, "traffic", "weather.m"],
        ["Connecting", "4-pub-sub/subscriber.js", url, ""],
      ],
    );
    expectConsecutive(await ended(weather), url, topics.slice(0, 2));
    expectConsecutive(await ended(two), url, topics.slice(1));
    expectConsecutive(await ended(all), url, topics);
    const rounds = await stopped(publisher);
    expect(rounds).toEqual([`Publishing on ${url}`, ...rounds.slice(1).map((_, i) => `Round ${i + 1}`)]);
  });

  test("loses for a late subscriber what was published before", async () => {
    const url = await freshTcp();
    await start("Round 3", "4-pub-sub/publisher.js", url);
    const late = await start("Connecting", "4-pub-sub/subscriber.js", url, "traffic");
    expect(expectConsecutive(await ended(late), url, topics.slice(2))).toBeGreaterThan(3);
  });

  /** Expects four messages, with no gap between those of a topic, and gives the round of the first. */
  function expectConsecutive([connecting, ...lines]: readonly string[], url: string, wanted: readonly string[]) {
    expect(connecting).toBe(`Connecting to ${url}`);
    expect(lines).toHaveLength(4);
    const rounds = new Map(wanted.map((topic) => [topic, [] as number[]]));
    for (const line of lines) {
      const [topic, round] = line.split(", round ") as [string, string];
      rounds.get(topic)!.push(Number(round));
    }
    for (const [first, ...others] of rounds.values()) expect(others).toEqual(others.map((_, i) => first! + i + 1));
    expect([...rounds.values()].every(({ length }) => length > 0)).toBe(true);
    return Number(lines[0]!.split(", round ")[1]);
  }
});
