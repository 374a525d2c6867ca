/** Checks the exercise of lesson 11, "Publish and subscribe". */

import { Subscriber } from "@awaitmq/core";
import { freshTcp } from "@awaitmq/testing";
import {
  demand,
  ended,
  inTime,
  patience,
  received,
  silence,
} from "../checking.mjs";

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const endpoint = await freshTcp();
  const child = exercise.start(endpoint);
  const subscribers = [
    exercise.open(new Subscriber()),
    exercise.open(new Subscriber()),
  ];
  for (const [index, subscriber] of subscribers.entries()) {
    subscriber.subscribe("n");
    subscriber.connect(endpoint);
    await inTime(subscriber.ready({ timeout: patience }), {
      en: `Nobody is on ${endpoint}, for subscriber ${index + 1}.`,
      es: `No hay nadie en ${endpoint}, para el suscriptor ${index + 1}.`,
    });
    if (index > 0) continue;
    // Longer than a program would sleep that guesses.
    await silence(
      subscriber,
      {
        en: "It published while only one subscriber was there: the second will miss that.",
        es: "Ha publicado cuando solo había un suscriptor: el segundo se lo pierde.",
      },
      patience / 2,
    );
  }
  for (const expected of [
    ...Array.from({ length: 100 }, (_, n) => String(n + 1)),
    "end",
  ]) {
    for (const [index, subscriber] of subscribers.entries()) {
      const message = await received(subscriber, {
        en: `Subscriber ${index + 1} missed ${expected}.`,
        es: `El suscriptor ${index + 1} se ha perdido ${expected}.`,
      });
      demand(message === `n | ${expected}`, {
        en: `Subscriber ${index + 1} got "${message}" where "n | ${expected}" was expected.`,
        es: `El suscriptor ${index + 1} ha recibido "${message}", y se esperaba "n | ${expected}".`,
      });
    }
  }
  await ended(child);
}
