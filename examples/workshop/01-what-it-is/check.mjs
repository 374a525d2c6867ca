import { Pull } from "@awaitmq/core";
import { freshIpc } from "@awaitmq/testing";
import { demand, ended, received } from "../checking.mjs";

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const pulls = [exercise.open(new Pull()), exercise.open(new Pull()), exercise.open(new Pull())];
  const addresses = ["tcp://127.0.0.1:*", freshIpc(), "tcp://127.0.0.1:*"];
  const urls = await Promise.all(pulls.map((pull, index) => pull.bind(addresses[index] ?? "")));
  const child = exercise.start(...urls);

  for (const [index, pull] of pulls.entries()) {
    const message = await received(pull, {
      en: `Nothing came to ${urls[index]}.`,
      es: `No ha llegado nada a ${urls[index]}.`,
    });
    demand(String(message) === `hello from ${child.pid}`, {
      en: `"${message}" came, instead of "hello from ${child.pid}".`,
      es: `Ha llegado "${message}" en lugar de "hello from ${child.pid}".`,
    });
  }
  await ended(child);
}
