/** Checks the exercise of lesson 8, "Request and reply". */

import { Router } from "@awaitmq/core";
import { freshTcp } from "@awaitmq/testing";
import { demand, ended, frames, prints, silence } from "../checking.mjs";

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  await forgetful(exercise);
  await silent(exercise);
  const alone = exercise.start(await freshTcp());
  await prints(alone, "no answer");
  await ended(alone, 1);
}

/**
 * A server that loses the first question and answers the second.
 *
 * @param {import("../checking.mjs").Exercise} exercise
 */
async function forgetful(exercise) {
  const router = exercise.open(new Router());
  const child = exercise.start(await router.bind("tcp://127.0.0.1:*"));
  expectHello(
    await frames(router, { en: "Nobody asked.", es: "Nadie ha preguntado." }),
  );
  const second = await frames(router, {
    en: "The first question was lost, and it was not asked again. How can a Request stop waiting for the answer?",
    es: "La primera pregunta se ha perdido, y no se ha repetido. ¿Cómo puede un Request dejar de esperar la respuesta?",
  });
  expectHello(second);
  await router.send([...second.slice(0, -1), "good day"]);
  await prints(child, "answer: good day");
  await ended(child);
}

/**
 * A server that never answers.
 *
 * @param {import("../checking.mjs").Exercise} exercise
 */
async function silent(exercise) {
  const router = exercise.open(new Router());
  const child = exercise.start(await router.bind("tcp://127.0.0.1:*"));
  let first = Number.NaN;
  for (const question of [1, 2, 3]) {
    await frames(router, {
      en: `Of three questions, number ${question} did not come.`,
      es: `De tres preguntas, la número ${question} no ha llegado.`,
    });
    if (question === 1) first = performance.now();
  }
  await prints(child, "no answer");
  // From the first question to the end: three waits, of which a busy machine may hide a part.
  const waited = (performance.now() - first) / 3;
  demand(waited > 250, {
    en: `It waited some ${Math.round(waited)} ms for an answer, and not 500.`,
    es: `Ha esperado unos ${Math.round(waited)} ms a la respuesta, y no 500.`,
  });
  await ended(child, 1);
  await silence(router, {
    en: "It asked more than three times.",
    es: "Ha preguntado más de tres veces.",
  });
}

/** @param {readonly Buffer[]} question */
function expectHello(question) {
  const text = String(question.at(-1));
  demand(text === "hello", {
    en: `It asked "${text}", not "hello".`,
    es: `Ha preguntado "${text}", no "hello".`,
  });
}
