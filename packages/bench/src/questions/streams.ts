/** How fast are streams from a server to its client, and does memory stay constant when the reader is slow? */

import { setTimeout as wait } from "node:timers/promises";
import { Processes } from "../processes.ts";
import { slope } from "../statistics.ts";
import { type Contender, type Question, scaled } from "./question.ts";

const others: readonly Contender[] = [
  { peer: "packed", label: "by hand" },
  { peer: "zeromq" },
  { peer: "nice-grpc" },
  { peer: "connect" },
  { peer: "trpc" },
  { peer: "orpc" },
  { peer: "nats" },
];

/** Libraries whose calls have streams. */
const libraries = ["nice-grpc", "connect", "trpc", "orpc"];

const notEqual =
  "By hand and with zeromq there are no calls: no errors, no cancellation, no limit per stream. tRPC, oRPC and nats.js have no backpressure. nats.js has a broker between its ends.";

const speed: readonly Question[] = [
  { streams: 1, count: 200_000, least: 6 },
  { streams: 100, count: 2_000, least: 4 },
].map(({ streams, count, least }) => ({
  name: `streams ${streams}`,
  group: "streams",
  title: `${streams === 1 ? "one stream" : `${streams} streams at once`} of ${count} small JSON items, from a server to its client, both ends of the same peer; zeromq with a plain DEALER and ROUTER`,
  unit: "items/s",
  contenders: [
    { peer: "patterns", bar: { of: "figure", least: 1_000_000, and: { of: "ratio", least } } },
    { peer: "patterns-wide", label: "window 1024" },
    ...others,
  ],
  baseline: libraries,
  notEqual,
  async measure({ peer }, scale) {
    await using processes = new Processes();
    const server = processes.start("serveStreams", { peer });
    const amount = { count: scaled(count, scale), warmUp: scaled(count / 4, scale) };
    const client = processes.start("readStreams", { peer, endpoint: await server.endpoint, streams, ...amount });
    return (amount.count * streams) / (await client.report).seconds;
  },
}));

/** Until queues of a fixed length are full, in seconds. */
const settling = 3;
/** Seconds of measuring. */
const measuring = 5;
const samples = 20;

const slow: Question = {
  name: "streams slow",
  group: "streams",
  title: `a stream of small JSON items whose reader takes a tenth of what it could: growth of resident memory, both ends together, over ${measuring} s`,
  unit: "MB/s",
  contenders: [{ peer: "patterns", bar: { of: "figure", most: 1 } }, ...others],
  notEqual: `${notEqual} The memory of the broker is not counted.`,
  runs: 3,
  async measure({ peer }, scale) {
    await using processes = new Processes();
    const server = processes.start("serveStreams", { peer });
    const amount = { count: scaled(200_000, scale), warmUp: scaled(50_000, scale) };
    const client = processes.start("readSlowly", { peer, endpoint: await server.endpoint, ...amount });
    await client.report;
    await wait(settling * scale * 1_000);
    const points = [];
    for (let sample = 0; sample <= samples; sample++) {
      points.push({ x: performance.now() / 1_000, y: (await processes.resident()) / 1e6 });
      await wait((measuring / samples) * scale * 1_000);
    }
    return Math.max(0, slope(points));
  },
};

export const streams: readonly Question[] = [...speed, slow];
