import { Router } from "@awaitmq/core";
import { freshTcp } from "@awaitmq/testing";
import { demand, ended, frames, prints } from "../checking.mjs";

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const router = exercise.open(new Router());
  const child = exercise.start(await router.bind("tcp://127.0.0.1:*"));
  await frames(router, { en: "Nobody asked.", es: "Nadie ha preguntado." });
  const second = await frames(router, {
    en: "The first question was lost, and it was not asked again. What can a Request do that waits for an answer?",
    es: "La primera pregunta se ha perdido, y no se ha repetido. ¿Qué puede hacer un Request que espera una respuesta?",
  });
  demand(String(second.at(-1)) === "hello", {
    en: `It asked "${second.at(-1)}", not "hello".`,
    es: `Ha preguntado "${second.at(-1)}", no "hello".`,
  });
  await router.send([...second.slice(0, -1), "good day"]);
  await prints(child, "answer: good day");
  await ended(child);

  const alone = exercise.start(await freshTcp());
  await prints(alone, "no answer");
  await ended(alone, 1);
}
