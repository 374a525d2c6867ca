import { Dealer } from "@awaitmq/core";
import { freshTcp } from "@awaitmq/testing";
import { demand, frames } from "../checking.mjs";

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const endpoint = await freshTcp();
  const child = exercise.start(endpoint);
  const [ana, luis, nameless] = [
    exercise.open(new Dealer({ routingId: "ana" })),
    exercise.open(new Dealer({ routingId: "luis" })),
    exercise.open(new Dealer()),
  ];
  for (const peer of [ana, luis, nameless]) {
    peer.connect(endpoint);
    await peer.ready({ timeout: 5_000 }).catch(() => {
      demand(false, { en: `Nobody has bound ${endpoint}.`, es: `Nadie ha hecho bind a ${endpoint}.` });
    });
  }
  // A peer is there for others once it has had a letter of its own: connecting takes time on both sides.
  for (const [peer, name] of /** @type {const} */ ([
    [ana, "ana"],
    [luis, "luis"],
  ])) {
    await peer.send([name, "to myself"]);
    await expectLetter(peer, name, [name, "to myself"]);
  }

  await ana.send(["luis", "hello"]);
  await expectLetter(luis, "luis", ["ana", "hello"]);
  await luis.send(["nobody", "are you there?"]);
  await expectLetter(luis, "luis", ["unknown", "nobody"]);
  await luis.send(["ana", "still here"]);
  await expectLetter(ana, "ana", ["luis", "still here"]);

  await nameless.send(["ana", "guess who"]);
  const [from, text] = await letter(ana, "ana");
  demand(from?.length === 5 && from[0] === 0 && String(text) === "guess who", {
    en: `A peer without a name wrote to ana, and ana got an address of ${from?.length} bytes instead of 5. Is it text?`,
    es: `Un par sin nombre ha escrito a ana, y ana ha recibido una dirección de ${from?.length} bytes en lugar de 5. ¿Es texto?`,
  });
  await ana.send([from ?? null, "I know you"]);
  await expectLetter(nameless, "the nameless peer", ["ana", "I know you"]);
  demand(child.stderr === "", { en: `It complained:`, es: `Se ha quejado:` });
}

/**
 * @param {Dealer} peer
 * @param {string} name
 */
function letter(peer, name) {
  return frames(peer, { en: `A letter to ${name} did not arrive.`, es: `No ha llegado una carta para ${name}.` });
}

/**
 * @param {Dealer} peer
 * @param {string} name
 * @param {readonly string[]} expected
 */
async function expectLetter(peer, name, expected) {
  const found = JSON.stringify((await letter(peer, name)).map(String));
  demand(found === JSON.stringify(expected), {
    en: `${name} got ${found} where ${JSON.stringify(expected)} was expected.`,
    es: `${name} ha recibido ${found}, y se esperaba ${JSON.stringify(expected)}.`,
  });
}
