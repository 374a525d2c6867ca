/** Checks the exercise of lesson 12, "Dealer and the envelope". */

import { Dealer } from "@awaitmq/core";
import { demand, ended, frames, give, silence } from "../checking.mjs";

/** Pairs of requests, each with its answer. The second is answered first. */
const pairs = [
  [
    { sent: ["", "hello"], answer: ["", "HELLO"] },
    { sent: ["", "again"], answer: ["", "AGAIN"] },
  ],
  [
    {
      sent: ["peer 1", "", "one", "hop"],
      answer: ["peer 1", "", "ONE", "HOP"],
    },
    {
      sent: ["proxy", "peer 2", "", "two hops"],
      answer: ["proxy", "peer 2", "", "TWO HOPS"],
    },
  ],
  [
    {
      sent: ["peer 1", "", "a", "", "b"],
      answer: ["peer 1", "", "A", "", "B"],
    },
    { sent: ["peer 2", "", "c"], answer: ["peer 2", "", "C"] },
  ],
];

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const peer = exercise.open(new Dealer());
  const child = exercise.start(await peer.bind("tcp://127.0.0.1:*"));
  for (const [first, second] of pairs) {
    if (first === undefined || second === undefined) continue;
    await give(peer, first.sent);
    if (first === pairs[0]?.[0]) {
      await silence(peer, {
        en: "The first request was answered before the second was there.",
        es: "La primera petición se ha respondido antes de que llegara la segunda.",
      });
    }
    await give(peer, second.sent);
    for (const { sent, answer } of [second, first])
      await expectAnswer(peer, sent, answer);
  }
  await give(peer, ["peer 3", "", "end"]);
  await expectAnswer(peer, ["peer 3", "", "end"], ["peer 3", "", "END"]);
  await ended(child);
}

/**
 * @param {Dealer} peer
 * @param {readonly string[]} sent
 * @param {readonly string[]} expected
 */
async function expectAnswer(peer, sent, expected) {
  const answer = await frames(peer, {
    en: `No answer came to ${JSON.stringify(sent)}.`,
    es: `No ha llegado respuesta a ${JSON.stringify(sent)}.`,
  });
  const found = JSON.stringify(answer.map(String));
  demand(found === JSON.stringify(expected), {
    en: `${found} came where the answer to ${JSON.stringify(sent)} was expected: ${JSON.stringify(expected)}.`,
    es: `Ha llegado ${found} y se esperaba la respuesta a ${JSON.stringify(sent)}: ${JSON.stringify(expected)}.`,
  });
}
