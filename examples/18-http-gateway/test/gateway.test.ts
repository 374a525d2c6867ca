/** Tests of the gateway: each has a fake of the service, and HTTP requests without a port. */

import { RequestClient, serve } from "@awaitmq/patterns";
import { type Handlers, implement, services } from "@awaitmq/rpc";
import { expect, test } from "vitest";
import { parcels } from "../src/contract.ts";
import { gateway } from "../src/gateway.ts";

type Track = Handlers<typeof parcels>["track"];
type List = Handlers<typeof parcels>["list"];

/** A gateway before a service of which the test gives the methods that matter. */
function start({ track = unused, list = unused }: { readonly track?: Track; readonly list?: List }) {
  const service = implement(parcels, { track, list, send: unused });
  const server = serve("tcp://127.0.0.1:*", services(service));
  const client = new RequestClient({ connect: server.endpoints });
  const app = gateway(client);
  return {
    async get(url: string) {
      await client.ready();
      return app.inject({ url });
    },
    async [Symbol.asyncDispose]() {
      await app.close();
      await server.stop();
    },
  };
}

function unused(): never {
  throw new Error("not used");
}

test("a value is the body", async () => {
  await using running = start({ track: ({ id }) => ({ id, place: "Bern" }) });
  const { statusCode, body } = await running.get("/parcels/7");
  expect([statusCode, JSON.parse(body)]).toEqual([200, { id: "7", place: "Bern" }]);
});

test("a failure has the status of its code, and its data", async () => {
  await using running = start({
    track({ id }, { fail }) {
      throw fail("NO_SUCH_PARCEL", { id });
    },
  });
  const { statusCode, body } = await running.get("/parcels/7");
  expect([statusCode, JSON.parse(body)]).toEqual([404, { code: "NO_SUCH_PARCEL", data: { id: "7" } }]);
});

test("a service that breaks the contract is a bad gateway", async () => {
  await using running = start({ track: () => JSON.parse('{ "id": 7 }') });
  const { statusCode, body } = await running.get("/parcels/7");
  expect([statusCode, JSON.parse(body)]).toEqual([502, { code: "ERR_SCHEMA" }]);
});

test("the message of an error stays inside", async () => {
  await using running = start({
    track() {
      throw new Error("cannot open /srv/parcels.db");
    },
  });
  const { statusCode, body } = await running.get("/parcels/7");
  expect([statusCode, body]).toEqual([500, '{"code":"ERR_REMOTE"}']);
});

test("a list is one JSON value per line", async () => {
  await using running = start({
    async *list() {
      yield { id: "7", place: "Bern" };
      yield { id: "8", place: "Basel" };
    },
  });
  const { headers, body } = await running.get("/parcels");
  expect(headers["content-type"]).toBe("application/x-ndjson");
  expect(body).toBe('{"id":"7","place":"Bern"}\n{"id":"8","place":"Basel"}\n');
});

test("a list that fails before its first line has a status", async () => {
  await using running = start({ list: unused });
  const { statusCode, body } = await running.get("/parcels");
  expect([statusCode, body]).toEqual([500, '{"code":"ERR_REMOTE"}']);
});

test("a list that fails later breaks the connection", async () => {
  await using running = start({
    async *list() {
      yield { id: "7", place: "Bern" };
      throw new Error("cannot open /srv/parcels.db");
    },
  });
  await expect(running.get("/parcels")).rejects.toThrow("destroyed");
});

test("a server without health is a bad gateway", async () => {
  await using running = start({});
  expect((await running.get("/health")).statusCode).toBe(502);
});
