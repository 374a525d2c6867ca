/** Checks the exercise of lesson 10, "Push and pull". */

import { Pull, Push } from "@awaitmq/core";
import { demand, ended, frames, give, inTime, patience } from "../checking.mjs";

const count = 300;

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const producer = exercise.open(new Push());
  const collector = exercise.open(new Pull());
  const endpoints = [
    await producer.bind("tcp://127.0.0.1:*"),
    await collector.bind("tcp://127.0.0.1:*"),
  ];
  const connected = producer.ready({ peers: 3, timeout: 2 * patience }); // before they start: it counts from here on
  const workers = [1, 2, 3].map(() => exercise.start(...endpoints));
  await inTime(connected, {
    en: "Three workers were started, but not all of them connected to the tasks.",
    es: "Se han arrancado tres trabajadores, pero no todos se han conectado a las tareas.",
  });

  const sending = producer.sendAll(
    Array.from({ length: count }, (_, task) => String(task)),
  );
  sending.catch(() => {}); // when the check is over before it
  const left = new Set(Array.from({ length: count }, (_, task) => task));
  while (left.size > 0) {
    const [task, square, ...more] = await frames(collector, {
      en: `${count - left.size} of ${count} results came.`,
      es: `Han llegado ${count - left.size} de ${count} resultados.`,
    });
    const number = Number(task);
    demand(
      square !== undefined &&
        Number(square) === number ** 2 &&
        more.length === 0,
      {
        en: `A result had the frames "${[task, square, ...more].join('", "')}", where two were expected: the number and its square.`,
        es: `Un resultado tenía los segmentos "${[task, square, ...more].join('", "')}", y se esperaban dos: el número y su cuadrado.`,
      },
    );
    demand(left.delete(number), {
      en: `The result of ${number} came twice.`,
      es: `El resultado de ${number} ha llegado dos veces.`,
    });
  }
  await sending;
  for (const _ of workers) await give(producer, [null]);
  for (const worker of workers) await ended(worker);
}
