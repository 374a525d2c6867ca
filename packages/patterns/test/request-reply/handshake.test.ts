/** Clients whose handshake is refused. */

import { Context, curveKeyPair, HandshakeError, Reply, Router } from "@awaitmq/core";
import { eventually, freshTcp } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { serve } from "../../src/index.ts";
import { closeAll, connected } from "./pair.ts";

afterEach(closeAll);

describe("a client whose handshake is refused", () => {
  test("has its calls rejected at once, and answered when it is let in", async () => {
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
    const refused = await asking.request("?").catch((error) => error);
    expect(refused).toBeInstanceOf(HandshakeError);
    expect(refused).toMatchObject({ reason: "auth" });
    expect(refused.message).toMatch(
      /^The server refused this client: .*Authentication failure.*Check the keys or the login/,
    );
    expect(asking.servers).toMatchObject([{ state: "refused", inFlight: 0 }]);
    await expect(asking.ready()).rejects.toMatchObject({ code: "ERR_HANDSHAKE" });
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
      const call = asking.request("?");
      if (keys === right) expect(String(await call)).toBe("hello");
      else await expect(call).rejects.toBeInstanceOf(HandshakeError);
    }
  });

  test("by one server goes on waiting for the other, which may come", async () => {
    const [keys, mine] = [curveKeyPair(), curveKeyPair()];
    await using plain = new Router();
    const refusing = await plain.bind("tcp://127.0.0.1:*");
    const coming = await freshTcp();
    const asking = connected({
      connect: [refusing, coming],
      socket: { curveServerKey: keys.publicKey, curvePublicKey: mine.publicKey, curveSecretKey: mine.secretKey },
    });
    const call = asking.request("?");
    await eventually(() => asking.servers[0]?.state === "refused");
    expect(asking.stats.waiting).toBe(1);
    await using router = new Router({ curveServer: true, curveSecretKey: keys.secretKey });
    await using _server = serve(router, () => "hello");
    await router.bind(coming);
    expect(String(await call)).toBe("hello");
  });
});
