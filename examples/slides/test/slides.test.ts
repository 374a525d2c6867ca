import { networkInterfaces } from "node:os";
import { eventually, freshIpc, freshTcp, type RunningProcess, run, spawnProcess } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";

type Order = "servers first" | "clients first";

/** What a process prints once it has started, its program and its arguments. */
type Side = readonly [started: string, program: string, ...args: string[]];

type Processes<Sides extends readonly Side[]> = { [Index in keyof Sides]: RunningProcess };

const orders: readonly Order[] = ["servers first", "clients first"];
const loopback = Object.entries(networkInterfaces()).find(([, addresses]) =>
  addresses?.some(({ address }) => address === "127.0.0.1"),
)?.[0];
const running: RunningProcess[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((child) => child[Symbol.asyncDispose]()));
});

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

function program(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}

/** Starts a program and waits for the line by which it says so. */
async function start(line: string, path: string, ...args: string[]): Promise<RunningProcess> {
  const child = spawnProcess(program(path), { args });
  running.push(child);
  await child.line(line);
  return child;
}

/** Starts all of one side, and when they have started the other. Gives the servers, then the clients. */
async function started<const S extends readonly Side[], const C extends readonly Side[]>(
  order: Order,
  servers: S,
  clients: C,
) {
  const sides = order === "servers first" ? [servers, clients] : [clients, servers];
  const children: RunningProcess[][] = [];
  for (const side of sides) children.push(await Promise.all(side.map((one) => start(...one))));
  if (order === "clients first") children.reverse();
  return children.flat() as [...Processes<S>, ...Processes<C>];
}

/** What a client has printed, line by line, once it has ended by itself and well. */
async function ended(client: RunningProcess): Promise<string[]> {
  const { code, stdout, stderr } = await client.exited;
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return lined(stdout);
}

/** What a server has printed, line by line, once SIGTERM has ended it. */
async function stopped(server: RunningProcess): Promise<string[]> {
  server.kill();
  const { signal, stdout, stderr } = await server.exited;
  expect(stderr).toBe("");
  if (process.platform !== "win32") expect(signal).toBe("SIGTERM");
  return lined(stdout);
}

function lined(text: string): string[] {
  return text.split("\n").slice(0, -1);
}
