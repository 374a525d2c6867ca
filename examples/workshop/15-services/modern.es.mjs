// El contrato dice una sola vez qué recibe y qué da un servicio. El servidor y
// el cliente comprueban los valores con él, y el editor conoce sus tipos.
import assert from "node:assert/strict";
import { RequestClient, SchemaError, serve } from "@awaitmq/patterns";
import {
  contract,
  implement,
  isFailure,
  remote,
  services,
  stream,
} from "@awaitmq/rpc";
import { z } from "zod";

// Suele tener su propio fichero, que importan los dos programas.
const shop = contract("shop", {
  price: {
    input: z.object({ book: z.string(), copies: z.int().positive() }),
    output: z.int(),
    errors: { UNKNOWN_BOOK: z.object({ book: z.string() }) },
  },
  offers: { input: z.int(), output: stream(z.string()) },
});

// El servidor: un manejador por método. Solo ve valores correctos.
const cents = new Map([
  ["Emma", 950],
  ["Ulysses", 1_200],
]);
let handled = 0;
const service = implement(shop, {
  price({ book, copies }, { fail }) {
    handled++;
    const each = cents.get(book);
    if (each === undefined) throw fail("UNKNOWN_BOOK", { book });
    return each * copies;
  },
  async *offers(most) {
    for (const [book, each] of cents) if (each <= most) yield book;
  },
});
const server = serve("tcp://127.0.0.1:*", services(service));

// El cliente: una función por método.
const client = new RequestClient({ connect: server.endpoints });
const market = remote(shop, client);

const price = await market.price({ book: "Emma", copies: 2 });
console.log(`two copies cost ${price}`);
assert.equal(price, 1_900);

// Un valor erróneo, detectado antes de enviar nada.
const wrong = await market
  .price({ book: "Emma", copies: -2 })
  .catch((error) => error);
assert.ok(wrong instanceof SchemaError);
console.log("wrong:", wrong.issues);
assert.deepEqual(wrong.issues[0]?.path, ["copies"]);
assert.equal(handled, 1);

// Un fallo del contrato: su código, y datos de un tipo conocido.
const failure = await market
  .price({ book: "Enma", copies: 2 })
  .catch((error) => error);
assert.ok(isFailure(shop.price, failure));
console.log(`${failure.code}: ${failure.data.book}`);
assert.equal(failure.data.book, "Enma");

// Un flujo, con el crédito de la lección 14.
const offers = [];
for await (const book of market.offers(1_000)) offers.push(book);
console.log("offers", offers);
assert.deepEqual(offers, ["Emma"]);

await client.close();
await server.stop();
