// What travels is JSON, so a plain req in any language can call a service.
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

// The name of the method and its input; the reply is the output.
const price = await ask('["shop.price", {"book": "Emma", "copies": 2}]');
assert.deepEqual(price, ["1900"]);

// An error has two frames: the word, and a code with more about it.
const unknown = await ask('["shop.price", {"book": "Enma", "copies": 2}]');
assert.equal(unknown[0], "error");
assert.equal(JSON.parse(unknown[1] ?? "").code, "UNKNOWN_BOOK");

// Nobody checked this value before it was sent. The server does.
const wrong = await ask('["shop.price", {"book": "Emma", "copies": "two"}]');
const { code, issues } = JSON.parse(wrong[1] ?? "");
assert.equal(code, "ERR_SCHEMA");
assert.deepEqual(issues[0].path, ["copies"]);

// It also says which methods there are.
const missing = await ask('["shop.prices"]');
assert.equal(JSON.parse(missing[1] ?? "").code, "ERR_UNIMPLEMENTED");

await req.close();
await server.stop();
