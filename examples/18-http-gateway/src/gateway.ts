/** HTTP routes that call the parcel service. */

import { Readable } from "node:stream";
import type { RequestClient } from "@awaitmq/patterns";
import { type InputOf, introspection, remote } from "@awaitmq/rpc";
import { type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { parcels } from "./contract.ts";
import { answerTo } from "./statuses.ts";

/** Milliseconds that a browser may wait for a value. */
const longest = 10_000;

/** @param client where the service is. The gateway closes it after the last HTTP request */
export function gateway(client: RequestClient) {
  const service = remote(parcels, client);
  const server = remote(introspection, client);
  const app = fastify();
  app.addHook("onClose", () => client.close());

  app.setErrorHandler((error, _request, reply) => {
    const answer = answerTo(error);
    if (answer === undefined) throw error; // one of Fastify's, such as JSON that cannot be read
    return reply.code(answer.status).send(answer.body);
  });

  app.get<{ Params: InputOf<typeof parcels.track> }>("/parcels/:id", (request, reply) =>
    service.track(request.params, optionsOf(request, reply)),
  );

  app.post<{ Body: InputOf<typeof parcels.send> }>("/parcels", async (request, reply) => {
    const parcel = await service.send(request.body, optionsOf(request, reply)); // checks the body
    return reply.code(201).send(parcel);
  });

  app.get("/parcels", (_request, reply) => {
    const signal = goneOf(reply);
    const list = service.list(undefined, { signal, waitForServer: false, window: { items: 8 } });
    return reply.type("application/x-ndjson").send(Readable.from(lines(list)));
  });

  app.get("/health", async (_request, reply) => {
    const report = await server.health(undefined, { timeout: longest, waitForServer: false });
    return reply.code(report.status === "serving" ? 200 : 503).send(report);
  });

  return app;
}

/** Aborts when the browser disconnects: the handler at the service is then notified. */
function goneOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once("close", () => gone.abort());
  return gone.signal;
}

/** The browser may say how long it waits, and the handler gets that as `remaining`. */
function optionsOf({ headers }: FastifyRequest, reply: FastifyReply) {
  const wanted = Number(headers["x-timeout-ms"]);
  const timeout = wanted > 0 ? Math.min(wanted, longest) : longest;
  return { signal: goneOf(reply), timeout, waitForServer: false };
}

/** One JSON value per line. Read as fast as the browser reads, and so is the service's stream. */
async function* lines(values: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}
