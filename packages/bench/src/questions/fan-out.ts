/** How fast does one publisher send to eight subscribers? */

import { Processes } from "../processes.ts";
import { type Question, scaled } from "./question.ts";

const subscribers = 8;

export const fanOut: Question = {
  name: "fan-out",
  group: "fan-out",
  title: "1 publisher, 8 subscribers that each receive everything, 128 B: messages received by the slowest",
  unit: "messages/s",
  contenders: [{ peer: "packed", bar: { of: "ratio", least: 5 } }, { peer: "core" }, { peer: "zeromq" }],
  baseline: "zeromq",
  notEqual:
    "Packed messages of a topic share a frame, which changes the wire format. All publishers wait for slow subscribers (noDrop).",
  async measure({ peer }, scale) {
    await using processes = new Processes();
    const publisher = processes.start("publish", { peer, size: 128 });
    const endpoint = await publisher.endpoint;
    const count = scaled(peer === "packed" ? 400_000 : 40_000, scale);
    const work = { peer, size: 128, endpoint, count, warmUp: Math.ceil(count / 4) };
    const readers = Array.from({ length: subscribers }, () => processes.start("subscribe", work));
    const reports = await Promise.all(readers.map(({ report }) => report));
    return count / Math.max(...reports.map(({ seconds }) => seconds));
  },
};
