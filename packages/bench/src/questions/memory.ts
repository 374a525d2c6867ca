/** Does memory stay constant while messages pass? */

import { Processes } from "../processes.ts";
import { type Question, scaled } from "./question.ts";

export const memory: Question = {
  name: "memory",
  group: "memory",
  title: "10 M messages of 16 B, both ends of the same peer: growth of resident memory after the first million",
  unit: "MB",
  contenders: [{ peer: "core", bar: { of: "figure", most: 20 } }, { peer: "zeromq" }],
  runs: 1,
  async measure({ peer }, scale) {
    await using processes = new Processes();
    const steps = 180;
    const work = {
      peer,
      size: 16,
      warmUp: scaled(1_000_000, scale),
      count: scaled(9_000_000 / steps, scale) * steps,
      steps,
    };
    const receiver = processes.start("receive", work);
    const sender = processes.start("send", { ...work, endpoint: await receiver.endpoint });
    const reports = await Promise.all([receiver.report, sender.report]);
    return Math.max(...reports.map(({ resident }) => growth(resident)));
  },
};

/** The growth of a process's memory after the warm-up, in MB of 10^6 bytes. */
function growth([start = 0, ...later]: readonly number[]): number {
  return Math.max(0, ...later.map((bytes) => bytes - start)) / 1e6;
}
