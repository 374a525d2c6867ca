/** Frames that an error brings along: who gets them, by each way that an error takes to a caller. */

import { Reply, Request } from "@awaitmq/core";
import { eventually } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { balance, RemoteError, RequestClient, serve, serveBalanced } from "../../src/index.ts";
import { receivedWith, withDetails } from "../../src/internals.ts";
import { client, closeAll, served } from "./pair.ts";

afterEach(closeAll);

const frames = ["kind", Buffer.from([0, 255])];
const asText = frames.map((frame) => Buffer.from(frame).toString("hex"));

function fails(isPublic: boolean): () => never {
  return () => {
    throw withDetails(new Error("secret"), frames, isPublic);
  };
}

/** What a caller gets besides the error. */
function textOf(error: unknown): string[] | undefined {
  expect(error).toBeInstanceOf(RemoteError);
  return receivedWith(error)?.map((frame) => frame.toString("hex"));
}

const refused = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.unreachable(),
    (error) => error,
  );

/** The reply that a plain REQ gets. */
async function plainReply(endpoint: string): Promise<string[]> {
  await using request = new Request();
  request.connect(endpoint);
  await request.send("?");
  return (await request.receive()).map((frame) => frame.toString("hex"));
}

describe("the details of an error", () => {
  test("reach the client of a request, with the error", async () => {
    const error = await refused(client(served(fails(true))).request("?"));
    expect(textOf(error)).toEqual(asText);
    expect(error).toMatchObject({ message: "secret" });
  });

  test("reach the client of a stream after its items", async () => {
    const server = served(async function* () {
      yield "item";
      fails(true)();
    });
    const stream = client(server).stream("?");
    expect(`${(await stream.next()).value}`).toBe("item");
    expect(textOf(await refused(stream.next()))).toEqual(asText);
  });

  test.each([true, false])(
    "reach clients of a server that hides its errors only if they are public: %s",
    async (isPublic) => {
      const asking = client(served(fails(isPublic), { exposeErrors: "none" }));
      const error = await refused(asking.request("?"));
      expect(textOf(error)).toEqual(isPublic ? asText : undefined);
      expect((error as Error).message).not.toContain("secret");
    },
  );

  test.each([true, false])("are the reply of a plain client only if they are public: %s", async (isPublic) => {
    const server = served(fails(isPublic), { errorReply: () => "the option's" });
    const reply = await plainReply(server.endpoints[0] as string);
    expect(reply).toEqual(isPublic ? asText : [Buffer.from("the option's").toString("hex")]);
  });

  test("are the reply on a Reply socket", async () => {
    const reply = new Reply();
    const endpoint = await reply.bind("tcp://127.0.0.1:*");
    const server = serve(reply, fails(true));
    expect(await plainReply(endpoint)).toEqual(asText);
    await server.stop();
    await reply.close();
  });

  test("are seen by onError and counted as any error is", async () => {
    const seen: unknown[] = [];
    const server = served(fails(true), { onError: (error) => seen.push(error) });
    await refused(client(server).request("?"));
    expect(seen).toMatchObject([{ message: "secret" }]);
    expect(server.stats).toMatchObject({ failed: 1, served: 0 });
  });

  test("pass a broker, for requests, streams and plain clients", async () => {
    await using broker = balance("tcp://127.0.0.1:*", "tcp://127.0.0.1:*");
    const [forClients, forWorkers] = broker.endpoints as [string, string];
    await using worker = serveBalanced(forWorkers, fails(true), { exposeErrors: "none" });
    await using asking = new RequestClient({ connect: forClients, timeout: 100_000 });
    expect(textOf(await refused(asking.request("?")))).toEqual(asText);
    expect(textOf(await refused(asking.stream("?").next()))).toEqual(asText);
    expect(await plainReply(forClients)).toEqual(asText);
    await eventually(() => worker.stats.failed === 3);
  });

  test("go no further with an error that a handler throws on, unless it says so", async () => {
    const inner = client(served(fails(true)));
    const outer = served(() => inner.request("?"), { exposeErrors: "none" });
    expect(textOf(await refused(client(outer).request("?")))).toBeUndefined();
  });

  test("are absent from an error that has none", async () => {
    const server = served(() => {
      throw new Error("plain");
    });
    expect(textOf(await refused(client(server).request("?")))).toBeUndefined();
  });
});
