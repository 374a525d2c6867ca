/** A broker between two fresh endpoints, and clients and workers of it that speak by hand. */

import { Dealer, type Message, Router } from "@awaitmq/core";
import { numbers } from "@awaitmq/testing";
import { type BalanceOptions, balance } from "../../src/index.ts";

/** A broker between two fresh endpoints. */
export async function broker(
  options: BalanceOptions = {},
  frontendOptions: ConstructorParameters<typeof Router>[0] = {},
) {
  const frontend = new Router(frontendOptions);
  const backend = new Router();
  const ending = new AbortController();
  const running = balance(frontend, backend, { signal: ending.signal, ...options });
  const clientEnd = await frontend.bind("tcp://127.0.0.1:*");
  const workerEnd = await backend.bind("tcp://127.0.0.1:*");
  return {
    frontend,
    backend,
    clientEnd,
    workerEnd,
    ending,
    running,
    async [Symbol.asyncDispose]() {
      ending.abort();
      await running.done;
      await Promise.all([frontend.close({ linger: 0 }), backend.close({ linger: 0 })]);
    },
  };
}

/** A worker of this process, which speaks the protocol by hand. */
export async function rawWorker(
  endpoint: string,
  ready = "READY",
  options: ConstructorParameters<typeof Dealer>[0] = {},
) {
  const dealer = new Dealer({ receiveTimeout: 100_000, linger: 0, ...options });
  dealer.connect(endpoint);
  await dealer.send(["", ready]);
  return dealer;
}

export function client(endpoint: string): Dealer {
  const dealer = new Dealer({ receiveTimeout: 100_000, linger: 0 });
  dealer.connect(endpoint);
  return dealer;
}

export function answerTo([, ...frames]: Message, reply: string): [string, ...(string | Buffer)[]] {
  const delimiter = frames.findIndex((frame) => frame.length === 0);
  return ["", ...frames.slice(0, delimiter + 1), reply];
}

/** Whether nothing comes, once everything that was sent before has been dealt with. */
export async function isQuiet(socket: Dealer): Promise<boolean> {
  return socket.receive({ timeout: 200 }).then(
    () => false,
    () => true,
  );
}

/** A client named "silent" that never reads: it has asked ten times, and the worker has sent it an answer of 4 MiB to each. */
export async function silentClient(endpoint: string, worker: Dealer): Promise<Dealer> {
  const silent = new Dealer({ routingId: "silent", receiveHighWaterMark: 1, linger: 0 });
  silent.connect(endpoint);
  const big = Buffer.alloc(4 * 1_024 * 1_024);
  await silent.sendAll(numbers(10).map(() => ["", "big"]));
  for (const _ of numbers(10)) await worker.send([...answerTo(await worker.receive(), "").slice(0, -1), big]);
  return silent;
}
