// The contract says once what a service takes and gives. The server and the
// client check values against it, and an editor knows its types.
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

// Usually a file of its own, which both programs import.
const shop = contract("shop", {
  price: {
    input: z.object({ book: z.string(), copies: z.int().positive() }),
    output: z.int(),
    errors: { UNKNOWN_BOOK: z.object({ book: z.string() }) },
  },
  offers: { input: z.int(), output: stream(z.string()) },
});

// The server: one handler per method. It only sees values that are right.
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

// The client: a function per method.
const client = new RequestClient({ connect: server.endpoints });
const market = remote(shop, client);

const price = await market.price({ book: "Emma", copies: 2 });
console.log(`two copies cost ${price}`);
assert.equal(price, 1_900);

// A wrong value, found before anything was sent.
const wrong = await market
  .price({ book: "Emma", copies: -2 })
  .catch((error) => error);
assert.ok(wrong instanceof SchemaError);
console.log("wrong:", wrong.issues);
assert.deepEqual(wrong.issues[0]?.path, ["copies"]);
assert.equal(handled, 1);

// A failure of the contract: its code, and data of a known type.
const failure = await market
  .price({ book: "Enma", copies: 2 })
  .catch((error) => error);
assert.ok(isFailure(shop.price, failure));
console.log(`${failure.code}: ${failure.data.book}`);
assert.equal(failure.data.book, "Enma");

// A stream, with the credit of lesson 14.
const offers = [];
for await (const book of market.offers(1_000)) offers.push(book);
console.log("offers", offers);
assert.deepEqual(offers, ["Emma"]);

await client.close();
await server.stop();
