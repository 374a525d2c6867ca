/**
 * A gateway before a typed service, and a browser's requests to it: values,
 * failures, a deadline, a disconnect, a stream with backpressure, and health.
 */

import assert from "node:assert/strict";
import { once } from "node:events";
import { get as httpGet, type IncomingMessage } from "node:http";
import { RequestClient, serve } from "@awaitmq/patterns";
import { health, services } from "@awaitmq/rpc";
import { gateway } from "./gateway.ts";
import { events, listing, parcelService } from "./service.ts";

const status = health();
const server = serve("tcp://127.0.0.1:*", services(parcelService, status));
const client = new RequestClient({ connect: server.endpoints });
await client.ready();
const app = gateway(client);
const base = await app.listen({ port: 0, host: "127.0.0.1" });

// Values, and what a failure looks like.
assert.deepEqual(await get("/parcels/7"), [200, { id: "7", place: "Zurich" }]);
assert.deepEqual(await get("/parcels/8"), [404, { code: "NO_SUCH_PARCEL", data: { id: "8" } }]);
assert.deepEqual(await post({ to: "Bern", grams: 500 }), [201, { id: "8", place: "on its way to Bern" }]);
assert.deepEqual(await post({ to: "Bern", grams: 50_000 }), [422, { code: "TOO_HEAVY", data: { mostGrams: 30_000 } }]);
const [wrong, why] = await post({ to: "Bern", grams: "a few" });
assert.equal(wrong, 400);
assert.match(JSON.stringify(why), /"path":\["grams"\]/);
console.log("Values, failures and a wrong input have their statuses");

// The deadline of the browser is that of the handler.
const searching = once(events, "searching");
const timedOut = once(events, "given up");
assert.deepEqual(await get("/parcels/lost", { headers: { "x-timeout-ms": "500" } }), [504, { code: "ERR_TIMEOUT" }]);
const [remaining] = await searching;
assert.ok(remaining <= 500, `${remaining} ms remain`);
await timedOut;

// The browser disconnects, and the handler is notified.
const page = new AbortController();
const begun = once(events, "searching");
const left = fetch(`${base}/parcels/lost`, { signal: page.signal });
await begun;
const cancelled = once(events, "given up");
page.abort();
await assert.rejects(left, { name: "AbortError" });
const [reason] = await cancelled;
assert.equal(reason.code, "ERR_CANCELLED");
console.log("The handler gave up when its browser left");

// A slow browser slows down the service. Between both, the system keeps some megabytes.
const listed = once(events, "listed");
const [list] = (await once(httpGet(`${base}/parcels`), "response")) as [IncomingMessage];
let read = 0;
let chunks = 0;
let mostAhead = 0;
for await (const chunk of list) {
  read += chunk.length;
  mostAhead = Math.max(mostAhead, listing.rows * listing.rowBytes - read);
  if (read > 32_000_000) break;
  if (chunks++ % 4 === 0) await get("/health");
}
assert.ok(mostAhead < 12_000_000, `${mostAhead} bytes ahead`);
await listed;
console.log("The list was never far ahead of its reader, and ended when it left");

// Health, and what is left when the service has stopped.
assert.deepEqual(await get("/health"), [200, { status: "serving", services: { parcels: "serving" } }]);
status.set("parcels", false);
assert.equal((await get("/health"))[0], 503);
await server.stop();
assert.deepEqual(await get("/parcels/7"), [503, { code: "ERR_UNAVAILABLE" }]);
assert.deepEqual(await get("/parcels"), [503, { code: "ERR_UNAVAILABLE" }]);
assert.deepEqual(await get("/health"), [503, { code: "ERR_UNAVAILABLE" }]);
console.log("Without the service, the gateway answers 503 at once");

await app.close(); // the client with it

async function get(path: string, options: RequestInit = {}) {
  const response = await fetch(base + path, options);
  return [response.status, await response.json()];
}

function post(parcel: unknown) {
  return get("/parcels", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(parcel),
  });
}
