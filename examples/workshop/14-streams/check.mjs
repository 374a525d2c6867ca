/** Checks the exercise of lesson 14, "Beyond the seminar: streams". */

import { PassThrough } from "node:stream";
import { MessagingError, TimeoutError } from "@awaitmq/core";
import { RequestClient } from "@awaitmq/patterns";
import { freshTcp } from "@awaitmq/testing";
import {
  demand,
  inTime,
  patience,
  patienceAtStart,
  printed,
  Wrong,
} from "../checking.mjs";

const limits = { idleTimeout: patience };

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const endpoint = await freshTcp();
  const child = exercise.start(endpoint);
  const client = exercise.open(new RequestClient({ connect: endpoint }));
  await inTime(client.ready({ timeout: patienceAtStart }), {
    en: `Nobody has bound ${endpoint}.`,
    es: `Nadie ha hecho bind a ${endpoint}.`,
  });

  // More numbers than a window has, so that credit is needed.
  const long = client.stream(["count", "1"], limits);
  for (let number = 1; number <= 1_000; number++)
    await expectItem(long, 'of "count", "1"', number);
  // A second stream at the same time does not disturb the first.
  const other = client.stream(["count", "7"], limits);
  await expectItem(other, 'of "count", "7"', 7);
  await expectItem(long, 'of "count", "1"', 1_001);
  for (const stream of [long, other]) {
    await stream.return();
    const line = await printed(child);
    demand(line === "left", {
      en: `A client left "count", and the program printed "${line}" instead of "left".`,
      es: `Un cliente ha dejado "count", y el programa ha escrito "${line}" en lugar de "left".`,
    });
  }

  const input = new PassThrough({ objectMode: true });
  const sums = client.stream("sum", { ...limits, input });
  let sum = 0;
  for (const number of [3, 4, 5]) {
    input.write(String(number));
    sum += number;
    await expectItem(sums, `of "sum", after ${number} was sent`, sum);
  }
  input.end();
  const more = await item(sums, 'of "sum", after its input ended');
  demand(more === undefined, {
    en: `After the input had ended, "sum" sent "${more}".`,
    es: `Terminada la entrada, "sum" ha enviado "${more}".`,
  });
}

/**
 * @param {AsyncIterator<readonly Buffer[], undefined>} stream
 * @param {string} which
 * @param {number} expected
 */
async function expectItem(stream, which, expected) {
  const found = await item(stream, which);
  demand(found !== undefined, {
    en: `The stream ended where ${expected} was expected: ${which}.`,
    es: `El flujo ha terminado donde se esperaba ${expected}: ${which}.`,
  });
  demand(found === String(expected), {
    en: `The stream sent "${found}" where ${expected} was expected: ${which}.`,
    es: `El flujo ha enviado "${found}" donde se esperaba ${expected}: ${which}.`,
  });
}

/**
 * The next item of a stream, as text. Undefined at its end.
 *
 * @param {AsyncIterator<readonly Buffer[], undefined>} stream
 * @param {string} which
 */
async function item(stream, which) {
  try {
    return (await stream.next()).value?.join(" | ");
  } catch (error) {
    if (error instanceof TimeoutError)
      throw new Wrong({
        en: `The next item did not come: ${which}.`,
        es: `No ha llegado el elemento siguiente: ${which}.`,
      });
    if (!(error instanceof MessagingError)) throw error;
    throw new Wrong({
      en: `The stream failed with "${error.message}": ${which}.`,
      es: `El flujo ha fallado con "${error.message}": ${which}.`,
    });
  }
}
