/** How fast are typed calls with `@awaitmq/rpc`, and what do a contract and its checks cost? */

import type { PeerName } from "../peers/list.ts";
import { Processes } from "../processes.ts";
import { type Contender, type Question, scaled } from "./question.ts";

const byHand = "by hand";

const others: readonly Contender[] = [
  { peer: "patterns", label: byHand },
  { peer: "nice-grpc" },
  { peer: "connect-http", label: "connect" },
  { peer: "connect", label: "connect grpc" },
  { peer: "trpc", label: "trpc ws" },
  { peer: "trpc-http", label: "trpc http" },
  { peer: "orpc", label: "orpc ws" },
  { peer: "nats" },
];

/** Libraries with typed calls. */
const libraries = ["nice-grpc", "connect", "connect grpc", "trpc ws", "trpc http", "orpc ws"];

const notEqual =
  "By hand and nats.js have no contract and check nothing. rpc checks values with zod at both ends, tRPC and oRPC only at the server. nice-grpc and Connect only decode: nice-grpc JSON, Connect Protobuf. The gRPC peers use HTTP/2; the Connect protocol and tRPC over HTTP use HTTP/1.1 with connections that stay open. tRPC over HTTP and oRPC batch calls at 256 in flight, and not one at a time. tRPC over WebSocket always batches the calls of a tick. nats.js has a broker between its ends.";

/** The time of a call, in multiples of one by hand. */
const mostOverhead = 1.3;

/** The calls of a run at 256 in flight: fewer for slow peers, so that no run takes long. */
const counts: Readonly<Partial<Record<PeerName, number>>> = {
  rpc: 400_000,
  patterns: 400_000,
  trpc: 60_000,
  "trpc-http": 60_000,
  orpc: 60_000,
  nats: 60_000,
};

/** Returns the seconds per call. */
async function measure({ peer }: Contender, inFlight: number, count: number, scale: number) {
  await using processes = new Processes();
  const server = processes.start("serveCalls", { peer });
  const amount = { count: scaled(count, scale), warmUp: scaled(count / 3, scale) };
  const work = { peer, endpoint: await server.endpoint, inFlight, ...amount };
  return (await processes.start("call", work).report).seconds / amount.count;
}

export const rpc: readonly Question[] = [
  {
    name: "rpc 256",
    group: "rpc",
    title: "typed calls with a small JSON value, 256 in flight, both ends of the same peer",
    unit: "calls/s",
    contenders: [
      { peer: "rpc", bar: { of: "ratio", least: 8, and: { of: "reference", least: 1 / mostOverhead } } },
      ...others,
    ],
    baseline: libraries,
    reference: byHand,
    notEqual,
    async measure(contender, scale) {
      return 1 / (await measure(contender, 256, counts[contender.peer] ?? 20_000, scale));
    },
  },
  {
    name: "rpc 1",
    group: "rpc",
    title: "typed calls with a small JSON value, one at a time, both ends of the same peer: a round trip",
    unit: "µs",
    contenders: [
      { peer: "rpc", bar: { of: "ratio", most: 1, and: { of: "reference", most: mostOverhead } } },
      ...others,
    ],
    baseline: libraries,
    reference: byHand,
    notEqual,
    measure: async (contender, scale) => (await measure(contender, 1, 12_000, scale)) * 1e6,
  },
];
