import { Context, curveKeyPair, HandshakeError, Reply, Router, TimeoutError } from "@awaitmq/core";
import { freshTcp } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { serve } from "../../src/index.ts";
import { closeAll, connected } from "./pair.ts";

afterEach(closeAll);

describe("a client whose handshake is refused", () => {
  test("tells why at its deadline, and is answered when it is let in", async () => {
    const context = new Context();
    const [serverKeys, clientKeys] = [curveKeyPair(), curveKeyPair()];
    await using door = new Reply({ context });
    await door.bind("inproc://zeromq.zap.01");
    let status = "400";
    const answering = (async () => {
      for await (const [version, id] of door) await door.send([version, id as Buffer, status, "", "", ""]);
    })();
    await using router = new Router({
      context,
      curveServer: true,
      curveSecretKey: serverKeys.secretKey,
      zapDomain: "test",
    });
    await using server = serve(router, () => "let in");
    const asking = connected({
      connect: await router.bind("tcp://127.0.0.1:*"),
      socket: {
        curveServerKey: serverKeys.publicKey,
        curvePublicKey: clientKeys.publicKey,
        curveSecretKey: clientKeys.secretKey,
      },
    });
    const refused = await asking.request("?", { timeout: 500 }).catch((error) => error);
    expect(refused).toBeInstanceOf(TimeoutError);
    expect(refused.cause).toBeInstanceOf(HandshakeError);
    expect(refused.cause).toMatchObject({ reason: "auth" });
    status = "200";
    expect(String(await asking.request("?"))).toBe("let in");
    await server.stop();
    await door.close();
    await answering;
  });

  test("because the server at its endpoint has another key, is answered by the next one there", async () => {
    const endpoint = await freshTcp();
    const [right, wrong, mine] = [curveKeyPair(), curveKeyPair(), curveKeyPair()];
    const asking = connected({
      connect: endpoint,
      socket: { curveServerKey: right.publicKey, curvePublicKey: mine.publicKey, curveSecretKey: mine.secretKey },
    });
    for (const keys of [wrong, right]) {
      await using router = new Router({ curveServer: true, curveSecretKey: keys.secretKey });
      await using _server = serve(router, () => "hello");
      await router.bind(endpoint);
      const call = asking.request("?", keys === right ? {} : { timeout: 500 });
      if (keys === right) expect(String(await call)).toBe("hello");
      else await expect(call).rejects.toBeInstanceOf(TimeoutError);
    }
  });
});
