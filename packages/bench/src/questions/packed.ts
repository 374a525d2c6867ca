/** How fast are packed messages, compared with libzmq in C and others? What does packing cost for a single message? */

import { Processes } from "../processes.ts";
import { type Contender, type Question, scaled } from "./question.ts";
import { roundTrip } from "./round-trip.ts";

const packing =
  "Packing changes the wire format, so both ends must support it. A message may wait for the end of the event loop's turn; a single message does not.";

const throughput: readonly Question[] = [
  { size: 16, count: 6_000_000, least: 1.2, batches: 2 },
  { size: 128, count: 4_000_000, least: 1.6, batches: 3.5 },
  { size: 1_024, count: 1_000_000, least: 1.4 },
  { size: 65_536, count: 30_000, least: 0.95, uncopied: 0.95 },
].map(({ size, count, least, batches, uncopied }) => ({
  name: `packed ${size}`,
  group: "throughput" as const,
  title: `one way, ${size} B, counted at the receiver; packed in frames of 64 KiB, at least 16 messages; read one by one with for await, or by batches(); C and Python: one message per call`,
  unit: "messages/s",
  contenders: [
    { peer: "packed", bar: { of: "ratio", least } },
    ...(batches === undefined
      ? []
      : [
          { peer: "packed" as const, label: "batches()", batches: true, bar: { of: "ratio" as const, least: batches } },
        ]),
    ...(uncopied === undefined
      ? []
      : [
          {
            peer: "packed" as const,
            label: "copy: false",
            copy: false,
            bar: { of: "ratio" as const, least: uncopied },
          },
        ]),
    { peer: "libzmq" },
    { peer: "core" },
    { peer: "zeromq" },
    { peer: "pyzmq" },
  ],
  baseline: "libzmq",
  notEqual: packing,
  measure: (contender, scale) => oneWay(contender, size, count, scale),
}));

const nats: Question = {
  name: "packed 16 nats",
  group: "throughput",
  title: "one way, 16 B, counted at the receiver, compared with nats.js and a nats-server between its ends",
  unit: "messages/s",
  contenders: [{ peer: "packed", bar: { of: "ratio", least: 8 } }, { peer: "nats" }],
  baseline: "nats",
  notEqual: `${packing} nats.js has a broker between its ends.`,
  measure: (contender, scale) => oneWay(contender, 16, 6_000_000, scale),
};

async function oneWay({ peer, copy, batches }: Contender, size: number, most: number, scale: number): Promise<number> {
  await using processes = new Processes();
  // Fewer messages for slow peers, so that all take about the same time.
  const count = scaled(peer === "packed" || peer === "libzmq" ? most : most * 0.15, scale);
  const work = { peer, size, copy, batches, count, warmUp: Math.ceil(count / 4) };
  const receiver = processes.start("receive", work);
  processes.start("send", { ...work, endpoint: await receiver.endpoint });
  return count / (await receiver.report).seconds;
}

const lone: Question = {
  name: "packed 1",
  group: "latency",
  title: "round trip of a packed message of 16 B over Pair, one at a time, with and without packing",
  unit: "µs",
  contenders: [{ peer: "packed", bar: { of: "ratio", most: 1.1 } }, { peer: "pair" }],
  baseline: "pair",
  notEqual: packing,
  measure: ({ peer }, scale) => roundTrip(peer, scale),
};

export const packed: readonly Question[] = [...throughput, nats, lone];
