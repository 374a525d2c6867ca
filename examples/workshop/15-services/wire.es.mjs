// Lo que viaja es JSON: un simple req, en cualquier lenguaje, puede llamar a
// un servicio.
import assert from "node:assert/strict";
import { Request } from "@awaitmq/core";
import { serve } from "@awaitmq/patterns";
import { contract, implement, services } from "@awaitmq/rpc";
import { z } from "zod";

const shop = contract("shop", {
  price: {
    input: z.object({ book: z.string(), copies: z.int().positive() }),
    output: z.int(),
    errors: { UNKNOWN_BOOK: z.object({ book: z.string() }) },
  },
});
const service = implement(shop, {
  price({ book, copies }, { fail }) {
    if (book !== "Emma") throw fail("UNKNOWN_BOOK", { book });
    return 950 * copies;
  },
});
const server = serve("tcp://127.0.0.1:*", services(service));

const [endpoint = ""] = server.endpoints;
const req = new Request();
req.connect(endpoint);

/** @param {string} line */
async function ask(line) {
  await req.send(line);
  const reply = (await req.receive()).map(String);
  console.log(line, "gets", reply);
  return reply;
}

// El nombre del método y su entrada; la respuesta es la salida.
const price = await ask('["shop.price", {"book": "Emma", "copies": 2}]');
assert.deepEqual(price, ["1900"]);

// Un error tiene dos segmentos: la palabra, y un código con los detalles.
const unknown = await ask('["shop.price", {"book": "Enma", "copies": 2}]');
assert.equal(unknown[0], "error");
assert.equal(JSON.parse(unknown[1] ?? "").code, "UNKNOWN_BOOK");

// Nadie ha comprobado este valor antes de enviarlo. El servidor lo hace.
const wrong = await ask('["shop.price", {"book": "Emma", "copies": "two"}]');
const { code, issues } = JSON.parse(wrong[1] ?? "");
assert.equal(code, "ERR_SCHEMA");
assert.deepEqual(issues[0].path, ["copies"]);

// También dice qué métodos hay.
const missing = await ask('["shop.prices"]');
assert.equal(JSON.parse(missing[1] ?? "").code, "ERR_UNIMPLEMENTED");

await req.close();
await server.stop();
