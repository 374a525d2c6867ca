/** Checks the exercise of lesson 4, "Sockets: bind and connect". */

import { Push } from "@awaitmq/core";
import { freshIpc, freshTcp } from "@awaitmq/testing";
import { ended, give, prints } from "../checking.mjs";

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const [here, ...there] = /** @type {const} */ ([
    freshIpc(),
    await freshTcp(),
    freshIpc(),
  ]);
  const child = exercise.start(here, ...there);
  // One after the other, so that the program cannot end before the last.
  for (const endpoint of [here, ...there]) {
    const push = exercise.open(new Push());
    if (endpoint === here) push.connect(endpoint);
    else await push.bind(endpoint);
    for (const n of [1, 2]) {
      const text = `${n} over ${endpoint}`;
      await give(push, [text]);
      await prints(child, text);
    }
  }
  await ended(child);
}
