/** How fast are requests with `@awaitmq/patterns`, and what does a limit on handlers cost? */

import { Processes } from "../processes.ts";
import { type Contender, type Question, scaled } from "./question.ts";

async function measure({ peer, concurrency }: Contender, inFlight: number, count: number, warmUp: number) {
  await using processes = new Processes();
  const server = processes.start("serve", { peer, concurrency });
  const work = { peer, endpoint: await server.endpoint, size: 16, inFlight, count, warmUp };
  return (await processes.start("ask", work).report).seconds;
}

export const requests: readonly Question[] = [
  {
    name: "requests 256",
    group: "requests",
    title: "request and reply, 16 B, 256 in flight, both ends of the same peer; zeromq with a plain DEALER and ROUTER",
    unit: "requests/s",
    contenders: [{ peer: "patterns", bar: { of: "ratio", least: 1 } }, { peer: "zeromq" }],
    baseline: "zeromq",
    notEqual:
      "The echo without a library has no promise per request, no deadline and no error. Requests of one turn travel together in patterns, and separately without it.",
    async measure(contender, scale) {
      const count = scaled(200_000, scale);
      return count / (await measure(contender, 256, count, scaled(50_000, scale)));
    },
  },
  {
    name: "requests 256 nats",
    group: "requests",
    title: "the same, compared with nats.js and a nats-server between its ends",
    unit: "requests/s",
    contenders: [{ peer: "patterns", bar: { of: "ratio", least: 2 } }, { peer: "nats" }],
    baseline: "nats",
    notEqual: "nats.js has a broker between its ends: a third process on two cores.",
    async measure(contender, scale) {
      const count = scaled(100_000, scale);
      return count / (await measure(contender, 256, count, scaled(25_000, scale)));
    },
  },
  {
    name: "requests 1",
    group: "requests",
    title:
      "request and reply, 16 B, one at a time, both ends of the same peer; zeromq with a plain DEALER and ROUTER: a round trip",
    unit: "µs",
    contenders: [{ peer: "patterns", bar: { of: "ratio", most: 1.15 } }, { peer: "zeromq" }],
    baseline: "zeromq",
    async measure(contender, scale) {
      const count = scaled(12_000, scale);
      return ((await measure(contender, 1, count, scaled(4_000, scale))) / count) * 1e6;
    },
  },
  {
    name: "requests limited",
    group: "requests",
    title: "request and reply, 16 B, 256 in flight: time per request with 64 concurrent handlers, and without a limit",
    unit: "µs",
    contenders: [
      { peer: "patterns", label: "concurrency 64", concurrency: 64, bar: { of: "ratio", most: 1.25 } },
      { peer: "patterns", label: "no limit" },
    ],
    baseline: "no limit",
    async measure(contender, scale) {
      const count = scaled(200_000, scale);
      return ((await measure(contender, 256, count, scaled(50_000, scale))) / count) * 1e6;
    },
  },
];
