/** Checks the exercise of lesson 3, "Messages and frames". */

import { Push } from "@awaitmq/core";
import { demand, ended, give, printed } from "../checking.mjs";

/** @type {[message: string[], line: string][]} */
const requests = [
  [["calculator", "1", "add", "2", "3"], "5"],
  [["calculator", "1", "join", "1,5", " and ", "2,5"], "1,5 and 2,5"],
  [["calculator", "1", "count", "", "a", ""], "3"],
  [["calculator", "1", "count"], "0"],
];

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const push = exercise.open(new Push());
  const child = exercise.start(await push.bind("tcp://127.0.0.1:*"));
  for (const [message, expected] of requests) {
    await give(push, ["calendar", "1", "add", "1", "1"]);
    await give(push, ["calculator", "2", "add", "1", "1"]);
    await give(push, ["calendar", "1", "end"]);
    await give(push, ["calculator", "2", "end"]);
    await give(push, message);
    const line = await printed(child);
    demand(line === expected, {
      en: `For ${JSON.stringify(message)} it printed "${line}" instead of "${expected}".`,
      es: `Para ${JSON.stringify(message)} ha escrito "${line}" en lugar de "${expected}".`,
    });
  }
  await give(push, ["calculator", "1", "end"]);
  await ended(child);
}
