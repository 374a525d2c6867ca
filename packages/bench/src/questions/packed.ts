/** How fast are packed messages, beside libzmq's own calls in C and others; and what does packing cost a lone one? */

import type { PeerName } from "../peers/list.ts";
import { Processes } from "../processes.ts";
import { type Question, scaled } from "./question.ts";

const packing =
  "Packing changes what is on the wire: both ends have to know it. A message may wait for the end of the event loop's turn, but for one that comes alone.";

const throughput: readonly Question[] = [
  { size: 16, count: 6_000_000, least: 1.2 },
  { size: 128, count: 4_000_000, least: 1.6 },
  { size: 1_024, count: 1_000_000, least: 1.4 },
  { size: 65_536, count: 30_000, least: 0.95 },
].map(({ size, count, least }) => ({
  name: `packed ${size}`,
  group: "throughput" as const,
  title: `one way, ${size} B, counted where they arrive; packed in frames of 64 KiB and of 16 messages at least, read by for await one by one; C and Python one message a call`,
  unit: "messages/s",
  contenders: [
    { peer: "packed", bar: { of: "ratio", least } },
    { peer: "libzmq" },
    { peer: "core" },
    { peer: "zeromq" },
    { peer: "pyzmq" },
  ],
  baseline: "libzmq",
  notEqual: packing,
  measure: ({ peer }, scale) => oneWay(peer, size, count, scale),
}));

const nats: Question = {
  name: "packed 16 nats",
  group: "throughput",
  title: "one way, 16 B, counted where they arrive, beside nats.js with a nats-server between its ends",
  unit: "messages/s",
  contenders: [{ peer: "packed", bar: { of: "ratio", least: 8 } }, { peer: "nats" }],
  baseline: "nats",
  notEqual: `${packing} Between the ends of nats.js stands a broker.`,
  measure: ({ peer }, scale) => oneWay(peer, 16, 6_000_000, scale),
};

async function oneWay(peer: PeerName, size: number, most: number, scale: number): Promise<number> {
  await using processes = new Processes();
  // The slow ones need no more time than the others.
  const count = scaled(peer === "packed" || peer === "libzmq" ? most : most * 0.15, scale);
  const work = { peer, size, count, warmUp: Math.ceil(count / 4) };
  const receiver = processes.start("receive", work);
  processes.start("send", { ...work, endpoint: await receiver.endpoint });
  return count / (await receiver.report).seconds;
}

const lone: Question = {
  name: "packed 1",
  group: "latency",
  title: "a packed message of 16 B there and back over Pair, one at a time, and the same without packing",
  unit: "µs",
  contenders: [{ peer: "packed", bar: { of: "ratio", most: 1.1 } }, { peer: "pair" }],
  baseline: "pair",
  notEqual: packing,
  async measure({ peer }, scale) {
    await using processes = new Processes();
    const replier = processes.start("reply", { peer });
    const amount = { count: scaled(12_000, scale), warmUp: scaled(4_000, scale) };
    const requester = processes.start("request", { peer, endpoint: await replier.endpoint, size: 16, ...amount });
    return ((await requester.report).seconds / amount.count) * 1e6;
  },
};

export const packed: readonly Question[] = [...throughput, nats, lone];
