/** Checks the exercise of lesson 7, "Options: identity and subscribe". */

import { Router, XPublisher } from "@awaitmq/core";
import { demand, ended, frames, prints, silence } from "../checking.mjs";

/** @param {import("../checking.mjs").Exercise} exercise */
export async function check(exercise) {
  const router = exercise.open(new Router());
  const publisher = exercise.open(new XPublisher());
  const child = exercise.start(
    await router.bind("tcp://127.0.0.1:*"),
    await publisher.bind("tcp://127.0.0.1:*"),
    "ana",
  );

  const [id, text] = await frames(router, {
    en: "Nobody said hello to the router.",
    es: "Nadie ha saludado al router.",
  });
  demand(String(id) === "ana", {
    en: `The router knows the program by an identity of ${id?.length} bytes, not as "ana". When does the handshake carry it?`,
    es: `El router conoce al programa por una identidad de ${id?.length} bytes, no como "ana". ¿Cuándo viaja en el saludo?`,
  });
  demand(String(text) === "hello", {
    en: `It said "${text}", not "hello".`,
    es: `Ha dicho "${text}", no "hello".`,
  });

  const [subscription] = await frames(publisher, {
    en: "There was no subscription.",
    es: "No ha habido ninguna suscripción.",
  });
  const prefix = String(subscription?.subarray(1));
  demand(subscription?.[0] === 1 && prefix === "ana.", {
    en: `It subscribed to "${prefix}" instead of "ana.", so other messages travel too.`,
    es: `Se ha suscrito a "${prefix}" en lugar de "ana.": así viajan también otros mensajes.`,
  });
  await silence(publisher, {
    en: "There was a second subscription.",
    es: "Ha habido una segunda suscripción.",
  });

  for (const [topic, body] of [
    ["anabel.x", "not for ana"],
    ["ana.x", "for ana"],
    ["luis.x", "not for ana"],
    ["ana.y", "end"],
  ]) {
    await publisher.send([topic ?? "", body ?? ""]);
  }
  for (const expected of ["for ana", "end"]) await prints(child, expected);
  await ended(child);
}
