/** Checks the exercise of lesson 9, "The delimiter". */

import { Reply, Router } from "@awaitmq/core";
import { demand, ended, frames, prints, received } from "../checking.mjs";

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const reply = exercise.open(new Reply());
  const child = exercise.start(await reply.bind("tcp://127.0.0.1:*"), "3");
  for (const request of ["1", "2", "3"]) {
    const body = await received(reply, {
      en: `Request ${request} did not reach a rep server. What does a rep expect in front of a request?`,
      es: `La petición ${request} no ha llegado a un servidor rep. ¿Qué espera un rep delante de una petición?`,
    });
    demand(body === request, {
      en: `"${body}" came instead of "${request}".`,
      es: `Ha llegado "${body}" en lugar de "${request}".`,
    });
    await reply.send(`answer ${request}`);
  }
  for (const expected of ["answer 1", "answer 2", "answer 3"])
    await prints(child, expected);
  await ended(child);

  // This server answers after the last request: a program that waits in
  // between gets no answer.
  const router = exercise.open(new Router());
  const atOnce = exercise.start(await router.bind("tcp://127.0.0.1:*"), "20");
  const requests = [];
  for (let request = 1; request <= 20; request++) {
    requests.push(
      await frames(router, {
        en: `Request ${request} of 20 did not come before the first was answered.`,
        es: `La petición ${request} de 20 no ha llegado antes de la primera respuesta.`,
      }),
    );
  }
  for (const request of requests)
    await router.send([...request.slice(0, -1), `done ${request.at(-1)}`]);
  for (let request = 1; request <= 20; request++)
    await prints(atOnce, `done ${request}`);
  await ended(atOnce);
}
