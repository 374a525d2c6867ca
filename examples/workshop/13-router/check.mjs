/** Checks the exercise of lesson 13, "Router and identities". */

import { Dealer } from "@awaitmq/core";
import { freshTcp } from "@awaitmq/testing";
import { demand, frames, inTime, patience } from "../checking.mjs";

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const endpoint = await freshTcp();
  exercise.start(endpoint);
  const ana = exercise.open(new Dealer({ routingId: "ana" }));
  const luis = exercise.open(new Dealer({ routingId: "luis" }));
  // Like a generated identity: bytes that are not text.
  const bytes = exercise.open(
    new Dealer({ routingId: Buffer.from([0xff, 0xfe]) }),
  );
  for (const peer of [ana, luis, bytes]) {
    peer.connect(endpoint);
    await inTime(peer.ready({ timeout: patience }), {
      en: `Nobody has bound ${endpoint}.`,
      es: `Nadie ha hecho bind a ${endpoint}.`,
    });
  }
  // The router knows a peer for certain once that peer received a letter.
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

  await bytes.send(["ana", "guess who"]);
  const [from, text] = await letter(ana, "ana");
  demand(
    from?.equals(Buffer.from([0xff, 0xfe])) === true &&
      String(text) === "guess who",
    {
      en: `A peer whose identity is the bytes ff fe wrote to ana, and ana got ${from?.toString("hex")} as its address. Is an identity text?`,
      es: `Un par cuya identidad son los bytes ff fe ha escrito a ana, y ana ha recibido como dirección ${from?.toString("hex")}. ¿Una identidad es texto?`,
    },
  );
  await ana.send([from ?? null, "I know you"]);
  await expectLetter(bytes, "the peer ff fe", ["ana", "I know you"]);
}

/**
 * @param {Dealer} peer
 * @param {string} name
 */
function letter(peer, name) {
  return frames(peer, {
    en: `A letter to ${name} did not arrive.`,
    es: `No ha llegado una carta para ${name}.`,
  });
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
