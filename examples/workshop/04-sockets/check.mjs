import { Push } from "@awaitmq/core";
import { freshIpc, freshTcp } from "@awaitmq/testing";
import { demand, ended, printed } from "../checking.mjs";

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const [here, ...there] = [freshIpc(), await freshTcp(), freshIpc()];
  const child = exercise.start(here ?? "", ...there);
  const pushes = [new Push({ linger: 0 }), new Push({ linger: 0 }), new Push({ linger: 0 })];
  const [client, ...servers] = pushes;
  client?.connect(here ?? "");
  const expected = [];
  // One after the other: so every endpoint has had its message before the program may end.
  for (const [index, push] of [client, ...servers].entries()) {
    if (index > 0) await push?.bind(there[index - 1] ?? "");
    const endpoint = index === 0 ? here : there[index - 1];
    for (const n of [1, 2]) {
      const text = `${n} over ${endpoint}`;
      expected.push(text);
      await push?.send(text, { timeout: 5_000 }).catch(() => {
        demand(false, {
          en: `Nobody is at the other end of ${endpoint}.`,
          es: `No hay nadie al otro lado de ${endpoint}.`,
        });
      });
      const line = await printed(child);
      demand(line === text, { en: `It printed "${line}" for "${text}".`, es: `Ha escrito "${line}" para "${text}".` });
    }
  }
  await ended(child);
  await Promise.all(pushes.map((push) => push.close()));
}
