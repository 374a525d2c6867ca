/** Tests of the service: a client calls its handlers through a real server, so schemas and failures are tested too. */

import { RequestClient, SchemaError, serve } from "@awaitmq/patterns";
import { isFailure, remote, services } from "@awaitmq/rpc";
import { expect, test } from "vitest";
import { stock } from "../src/contract.ts";
import { stockService } from "../src/service.ts";

/** Each test has its own server, on a free port, and its own stock. */
function start(levels: Readonly<Record<string, number>>) {
  const server = serve("tcp://127.0.0.1:*", services(stockService(new Map(Object.entries(levels)))));
  const client = new RequestClient({ connect: server.endpoints });
  return {
    server,
    service: remote(stock, client),
    /** Sends inputs unchecked, as a client in another language does. */
    unchecked: remote(stock, client, { validate: false }),
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.stop();
    },
  };
}

test("taking pieces leaves the others", async () => {
  await using running = start({ pen: 3 });
  expect(await running.service.take({ item: "pen", pieces: 2 })).toEqual({ item: "pen", left: 1 });
  expect(await running.service.count({ item: "pen" })).toEqual({ item: "pen", left: 1 });
});

test("nothing is taken if there are too few", async () => {
  await using running = start({ pen: 3 });
  const error = await running.service.take({ item: "pen", pieces: 4 }).catch((error: unknown) => error);
  if (!isFailure(stock.take, error)) throw error;
  expect(error).toMatchObject({ code: "TOO_FEW", data: { item: "pen", left: 3 } });
  expect(await running.service.count({ item: "pen" })).toEqual({ item: "pen", left: 3 });
});

test("the server refuses the wrong input of a client that checks nothing", async () => {
  await using running = start({ pen: 3 });
  const error = await running.unchecked.take({ item: "pen", pieces: -1 }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(SchemaError);
  expect(error).toMatchObject({ issues: [{ path: ["pieces"] }] });
});

test("a watch shows changes, and ends when the server stops", async () => {
  await using running = start({ pen: 3 });
  const seen: number[] = [];
  for await (const { left } of running.service.watch()) {
    seen.push(left);
    if (left > 1) await running.service.take({ item: "pen", pieces: 1 });
    else void running.server.stop();
  }
  expect(seen).toEqual([3, 2, 1]);
});
