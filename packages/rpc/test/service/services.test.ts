/** Several services as one handler: what it refuses before any method is looked up. */

import { json, RemoteError, RequestClient, serve } from "@awaitmq/patterns";
import { expect, test } from "vitest";
import { contract, implement, remote, services, type } from "../../src/index.ts";

const clock = contract("clock", { now: { output: type<number>() } });
const service = implement(clock, { now: () => 7 });

test("services served with a codec say that they read frames", async () => {
  await using server = serve("tcp://127.0.0.1:*", services(service) as () => unknown, { codec: json });
  await using client = new RequestClient({ connect: server.endpoints, timeout: 100_000 });
  const error = await remote(clock, client)
    .now()
    .catch((error) => error);
  expect(error).toBeInstanceOf(RemoteError);
  expect(error.message).toBe("services(...) reads frames: give serve no codec, and the contract one");
});
