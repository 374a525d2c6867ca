/** Checks the exercise of lesson 5, "Transports: tcp, ipc, inproc". */

import { Pull, Push } from "@awaitmq/core";
import { freshIpc } from "@awaitmq/testing";
import { demand, ended, give, printed, prints } from "../checking.mjs";

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const pull = exercise.open(new Pull());
  const taken = await pull.bind("tcp://127.0.0.1:*");
  const path = freshIpc();
  const child = exercise.start(
    "tcp://127.0.0.1:70000",
    "tcp://127.0.0.1:*",
    taken,
    path,
    "inproc://a-name",
  );

  await prints(child, "refused tcp://127.0.0.1:70000 ERR_ADDRESS_INVALID");
  const bound = await printed(child);
  demand(/^bound tcp:\/\/127\.0\.0\.1:\d+$/.test(bound), {
    en: `It printed "${bound}", which does not tell the port that it has.`,
    es: `Ha escrito "${bound}", que no dice el puerto que tiene.`,
  });
  await prints(child, `refused ${taken} ERR_ADDRESS_IN_USE`);
  await prints(child, `bound ${path}`);
  await prints(child, "bound inproc://a-name");

  for (const endpoint of [bound.slice("bound ".length), path]) {
    const push = exercise.open(new Push());
    push.connect(endpoint);
    await give(push, [endpoint]);
    await prints(child, endpoint);
    if (endpoint === path) await give(push, ["end"]);
  }
  await ended(child);
}
