/** Checks the exercise of lesson 2, "A process seen from inside". */

import { setTimeout as sleep } from "node:timers/promises";
import { Pull } from "@awaitmq/core";
import {
  demand,
  ended,
  frames,
  patience,
  printed,
  silence,
} from "../checking.mjs";

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const pull = exercise.open(
    new Pull({ receiveHighWaterMark: 5, receiveBufferSize: 100_000 }),
  );
  const child = exercise.start(await pull.bind("tcp://127.0.0.1:*"));
  await printed(child);
  // Nobody reads yet: the output shows how far the program runs ahead.
  for (let before = ""; before !== child.stdout; ) {
    before = child.stdout;
    await sleep(patience / 10);
  }
  const made = child.stdout.match(/^made \d+$/gm)?.length ?? 0;
  demand(made < 500, {
    en: `${made} messages were made while nobody read a single one. What does send return?`,
    es: `Se han fabricado ${made} mensajes sin que nadie haya leído ninguno. ¿Qué devuelve send?`,
  });
  for (let n = 1; n <= 1_000; n++) {
    const [body] = await frames(pull, {
      en: `Message ${n} of 1 000 did not come.`,
      es: `El mensaje ${n} de 1 000 no ha llegado.`,
    });
    demand(body?.length === 100_000, {
      en: `Message ${n} had ${body?.length} bytes instead of 100 000.`,
      es: `El mensaje ${n} tenía ${body?.length} bytes en lugar de 100 000.`,
    });
  }
  await silence(pull, {
    en: "More than 1 000 messages came.",
    es: "Han llegado más de 1 000 mensajes.",
  });
  await ended(child);
  demand(child.stdout.endsWith("\nmade 1000\n"), {
    en: 'The last line should be "made 1000".',
    es: 'La última línea debería ser "made 1000".',
  });
}
