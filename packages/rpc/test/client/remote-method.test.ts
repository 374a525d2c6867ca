/** The options of a call reach the client, for each kind of call. */

import { TimeoutError } from "@awaitmq/core";
import { RequestClient, serve } from "@awaitmq/patterns";
import { expect, test } from "vitest";
import { contract, implement, type Remote, remote, type Service, services, stream, type } from "../../src/index.ts";

const echoes = contract("echoes", {
  unary: { output: type<string>() },
  server: { output: stream(type<string>()) },
  client: { input: stream(type<string>()), output: type<string>() },
  bidi: { input: stream(type<string>()), output: stream(type<string>()) },
});

async function calling(service: Service, call: (remoteEchoes: Remote<typeof echoes>) => Promise<void>): Promise<void> {
  const server = serve("tcp://127.0.0.1:*", services(service));
  const client = new RequestClient({ connect: server.endpoints });
  try {
    await call(remote(echoes, client));
  } finally {
    await client.close();
    await server.stop();
  }
}

const telling = implement(echoes, {
  unary: (_, { metadata }) => `${metadata.who}`,
  async *server(_, { metadata }) {
    yield `${metadata.who}`;
  },
  client: (_, { metadata }) => `${metadata.who}`,
  async *bidi(_, { metadata }) {
    yield `${metadata.who}`;
  },
});

test("metadata comes to the handler", async () => {
  await calling(telling, async ({ unary, server, client, bidi }) => {
    const options = { metadata: { who: "Ada" } };
    expect(await unary(undefined, options)).toBe("Ada");
    expect((await server(undefined, options).next()).value).toBe("Ada");
    expect(await client(["a"], options)).toBe("Ada");
    expect((await bidi(["a"], options).next()).value).toBe("Ada");
  });
});

test("a timeout limits the call", async () => {
  const until = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const waiting = implement(echoes, {
    unary: (_, { signal }) => until(signal),
    async *server(_, { signal }) {
      yield await until(signal);
    },
    client: (_, { signal }) => until(signal),
    async *bidi(_, { signal }) {
      yield await until(signal);
    },
  });
  await calling(waiting, async ({ unary, server, client, bidi }) => {
    const options = { timeout: 50 };
    await expect(unary(undefined, options)).rejects.toThrow(TimeoutError);
    await expect(server(undefined, options).next()).rejects.toThrow(TimeoutError);
    await expect(client(["a"], options)).rejects.toThrow(TimeoutError);
    await expect(bidi(["a"], options).next()).rejects.toThrow(TimeoutError);
  });
});

test("a window limits what the handler sends ahead", async () => {
  let made = 0;
  const counting = implement(echoes, {
    unary: () => "",
    async *server() {
      for (;;) yield String(++made);
    },
    client: () => "",
    async *bidi() {},
  });
  await calling(counting, async ({ unary, server }) => {
    await using numbers = server(undefined, { window: { items: 4 } });
    await numbers.next();
    for (let turn = 0; turn < 20; turn++) await unary();
    expect(made).toBeLessThanOrEqual(8);
  });
});
