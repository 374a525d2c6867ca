import { Pull, Push } from "@awaitmq/core";
import { freshIpc } from "@awaitmq/testing";
import { demand, ended, give, printed } from "../checking.mjs";

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const pull = exercise.open(new Pull());
  const taken = await pull.bind("tcp://127.0.0.1:*");
  const path = freshIpc();
  const child = exercise.start("tcp://127.0.0.1:70000", "tcp://127.0.0.1:*", taken, path, "inproc://a-name");

  await line(child, /^refused tcp:\/\/127\.0\.0\.1:70000 ERR_ADDRESS_INVALID$/);
  const bound = await line(child, /^bound tcp:\/\/127\.0\.0\.1:\d+$/);
  await line(child, new RegExp(`^refused ${taken} ERR_ADDRESS_IN_USE$`));
  await line(child, new RegExp(`^bound ${path}$`));
  await line(child, /^bound inproc:\/\/a-name$/);

  for (const endpoint of [bound.slice("bound ".length), path]) {
    const push = exercise.open(new Push());
    push.connect(endpoint);
    await give(push, [endpoint]);
    await line(child, new RegExp(`^${endpoint}$`));
    if (endpoint === path) await give(push, ["end"]);
  }
  await ended(child);
}

/**
 * @param {import("@awaitmq/testing").RunningProcess} child
 * @param {RegExp} expected
 */
async function line(child, expected) {
  const text = await printed(child);
  demand(expected.test(text), {
    en: `It printed "${text}", where ${expected} was expected.`,
    es: `Ha escrito "${text}", y se esperaba ${expected}.`,
  });
  return text;
}
