/** A plain Request that gave up a `receive` gets its next reply. */

import { Dealer, Request, Router, TimeoutError } from "@awaitmq/core";
import { gate } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { balance, serve, serveBalanced } from "../../src/index.ts";

/** Gives up the first reply, which comes before that to the second request. */
async function askTwice(request: Request, answer: () => void): Promise<string> {
  await request.send("slow");
  await expect(request.receive({ timeout: 100 })).rejects.toThrow(TimeoutError);
  await request.send("next");
  answer();
  return String(await request.receive({ timeout: 100_000 }));
}

describe("a plain Request whose receive was given up gets the reply to its next request", () => {
  function handling() {
    const slow = gate();
    return {
      answer: slow.open,
      async handler([body]: readonly Buffer[]) {
        if (String(body) === "slow") await slow.opened;
        return `re: ${body}`;
      },
    };
  }

  test("from serve", async () => {
    const { answer, handler } = handling();
    const server = serve("tcp://127.0.0.1:*", handler, { concurrency: 1 });
    await using request = new Request({ linger: 0 });
    request.connect(server.endpoints[0] as string);
    expect(await askTwice(request, answer)).toBe("re: next");
    await server.stop();
  });

  test("from a worker behind balance", async () => {
    const { answer, handler } = handling();
    await using frontend = new Router();
    await using backend = new Router();
    await using worker = new Dealer();
    await using request = new Request({ linger: 0 });
    const end = new AbortController();
    const balancing = balance(frontend, backend, { signal: end.signal });
    request.connect(await frontend.bind("tcp://127.0.0.1:*"));
    worker.connect(await backend.bind("tcp://127.0.0.1:*"));
    const working = serveBalanced(worker, handler, { concurrency: 1, signal: end.signal });
    expect(await askTwice(request, answer)).toBe("re: next");
    end.abort();
    await Promise.allSettled([balancing.done, working.done]);
  });
});
