/** Checks the exercise of lesson 1, "What 0MQ is, and is not". */

import { Pull } from "@awaitmq/core";
import { freshIpc, freshTcp } from "@awaitmq/testing";
import { demand, ended, received, silence } from "../checking.mjs";

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const urls = [await freshTcp(), freshIpc(), await freshTcp()];
  const child = exercise.start(...urls);
  const pulls = [];
  // One after the other, so that no message can go to a later Pull.
  for (const url of urls) {
    const pull = exercise.open(new Pull());
    pulls.push(pull);
    await pull.bind(url);
    const message = await received(pull, {
      en: `Nothing came to ${url}.`,
      es: `No ha llegado nada a ${url}.`,
    });
    demand(message === `hello from ${child.pid}`, {
      en: `"${message}" came, instead of "hello from ${child.pid}".`,
      es: `Ha llegado "${message}" en lugar de "hello from ${child.pid}".`,
    });
  }
  await ended(child);
  await Promise.all(
    pulls.map((pull, index) =>
      silence(pull, {
        en: `More than one came to ${urls[index]}.`,
        es: `Ha llegado más de uno a ${urls[index]}.`,
      }),
    ),
  );
}
