/** How much time and memory does a burst take with the classic callback API? */

import { Processes } from "../processes.ts";
import { type Question, scaled } from "./question.ts";

const burst = 300_000;

const speed: readonly Question[] = [16, 128, 1_024].flatMap((size): Question[] => {
  const title = `${burst} messages of ${size} B, one buffer again and again, sent in one burst, on('message') at the other end`;
  const measure: Question["measure"] = async ({ peer }, scale) => {
    await using processes = new Processes();
    const work = { peer, size, count: scaled(burst, scale), warmUp: scaled(burst / 30, scale) };
    const receiver = processes.start("receive", work);
    processes.start("send", { ...work, endpoint: await receiver.endpoint });
    return work.count / (await receiver.report).seconds;
  };
  return [
    {
      name: `callback ${size}`,
      group: "compat",
      title: `${title}; zeromq itself: await send, for await`,
      unit: "messages/s",
      contenders: [{ peer: "compat", bar: { of: "ratio", least: 0.8 } }, { peer: "zeromq" }],
      baseline: "zeromq",
      measure,
    },
    {
      name: `callback-v5 ${size}`,
      group: "compat",
      title,
      unit: "messages/s",
      contenders: [{ peer: "compat", bar: { of: "ratio", least: 25 } }, { peer: "zeromq-v5" }],
      baseline: "zeromq-v5",
      // One burst takes half a minute with zeromq 5's API.
      runs: 3,
      measure,
    },
  ];
});

const memory: Question = {
  name: "callback-memory",
  group: "compat",
  title: `${burst} messages of 16 B, from one reused buffer, pending in the sender: memory per message beyond its own bytes`,
  unit: "B",
  contenders: [{ peer: "compat", bar: { of: "figure", most: 400 } }, { peer: "zeromq-v5" }],
  async measure({ peer }, scale) {
    await using processes = new Processes();
    const work = { peer, size: 16, count: scaled(burst, scale) };
    const { resident } = await processes.start("queue", work).report;
    const [before = 0, after = 0] = resident;
    return (after - before) / work.count - work.size;
  },
};

export const callback: readonly Question[] = [...speed, memory];
