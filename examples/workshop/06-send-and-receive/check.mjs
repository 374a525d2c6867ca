/** Checks the exercise of lesson 6, "Sending and receiving". */

import { Pull, Push } from "@awaitmq/core";
import { demand, ended, frames, give } from "../checking.mjs";

/** @type {[sent: (string | Buffer)[], expected: (string | Buffer)[]][]} */
const messages = [
  [["hello"], ["HELLO"]],
  [
    ["several", "frames", "", "é"],
    ["SEVERAL", "frames", "", "é"],
  ],
  [
    ["bytes", Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    ["BYTES", Buffer.from([0xff, 0xfe, 0x00, 0x80])],
  ],
  [
    ["", "not the last: it has two frames"],
    ["", "not the last: it has two frames"],
  ],
  [[""], [""]],
];

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const push = exercise.open(new Push());
  const pull = exercise.open(new Pull());
  const child = exercise.start(
    await push.bind("tcp://127.0.0.1:*"),
    await pull.bind("tcp://127.0.0.1:*"),
  );
  for (const [sent, expected] of messages) {
    await give(push, sent);
    const message = await frames(pull, {
      en: `Nothing came for ${show(sent)}.`,
      es: `No ha llegado nada para ${show(sent)}.`,
    });
    demand(show(message) === show(expected), {
      en: `For ${show(sent)} came ${show(message)} instead of ${show(expected)}.`,
      es: `Para ${show(sent)} ha llegado ${show(message)} en lugar de ${show(expected)}.`,
    });
  }
  await ended(child);
}

/** @param {readonly (string | Buffer)[]} message */
function show(message) {
  return `[${message.map((frame) => `"${Buffer.from(frame).toString("latin1")}"`).join(", ")}]`;
}
