/** CURVE: right, wrong and missing keys, and a ZAP handler that is told them. */

import { eventually } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import {
  Context,
  type CurveKeyPair,
  curveKeyPair,
  Dealer,
  HandshakeError,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Subscriber,
  TimeoutError,
  z85,
} from "../../src/index.ts";
import { failuresOf } from "./failures-of.ts";
import { wireTap } from "./wire-tap.ts";

/** Every test has a context of its own, for there is one ZAP handler in each. */
function curve(serverKeys: CurveKeyPair, clientOptions: object) {
  const context = new Context();
  const server = new Pull({ context, curveServer: true, curveSecretKey: serverKeys.secretKey });
  const client = new Push({ context, linger: 0, reconnectInterval: 50, ...clientOptions });
  return { server, client };
}

describe("CURVE", () => {
  test("with the right key carries messages, and they are encrypted", async () => {
    const serverKeys = curveKeyPair();
    const keys = curveKeyPair();
    const { server, client } = curve(serverKeys, {
      curveServerKey: serverKeys.publicKey,
      curvePublicKey: keys.publicKey,
      curveSecretKey: keys.secretKey,
    });
    await using _server = server;
    await using _client = client;
    const endpoint = await server.bind("tcp://127.0.0.1:*");
    expect(server.securityMechanism).toBe("curve");
    expect(client.securityMechanism).toBe("curve");
    await using tap = await wireTap(endpoint);
    client.connect(tap.endpoint);
    await client.ready({ timeout: 100_000 });
    const secret = "a secret that nobody on the wire may read";
    await client.send(["topic", secret]);
    expect((await server.receive()).map(String)).toEqual(["topic", secret]);
    const seen = tap.seen();
    expect(seen.length).toBeGreaterThan(secret.length);
    expect(seen.includes("CURVE")).toBe(true);
    expect(seen.includes(secret)).toBe(false);
    expect(seen.includes("topic")).toBe(false);
  });

  test("without encryption the same wire-tap reads the message", async () => {
    await using server = new Pull();
    await using client = new Push();
    await using tap = await wireTap(await server.bind("tcp://127.0.0.1:*"));
    client.connect(tap.endpoint);
    await client.send("plain as day");
    await server.receive();
    expect(tap.seen().includes("plain as day")).toBe(true);
  });

  const wrong: [string, (right: CurveKeyPair) => object][] = [
    [
      "a wrong server key",
      () => {
        const keys = curveKeyPair();
        return {
          curveServerKey: curveKeyPair().publicKey,
          curvePublicKey: keys.publicKey,
          curveSecretKey: keys.secretKey,
        };
      },
    ],
    ["no key", () => ({})],
  ];

  test.each(wrong)(
    "with %s makes ready() reject on the side that connects, and no message pass",
    async (name, options) => {
      const serverKeys = curveKeyPair();
      const { server, client } = curve(serverKeys, options(serverKeys));
      await using _server = server;
      await using _client = client;
      const atServer = failuresOf(server);
      const atClient = failuresOf(client);
      const endpoint = await server.bind("tcp://127.0.0.1:*");
      client.connect(endpoint);
      const error = await client.ready({ timeout: 100_000 }).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(HandshakeError);
      expect(error).toMatchObject({ code: "ERR_HANDSHAKE", address: endpoint, cause: expect.any(Error) });
      expect((error as Error).message).toContain(`Handshake failed on ${endpoint}`);
      await eventually(() => atClient.length > 0);
      for (const { error } of atClient) expect(error).toBeInstanceOf(HandshakeError);
      // The server sees why as well: the greeting is not CURVE's, or its first box does not open.
      await eventually(() => atServer.length > 0, { message: `no event at the server with ${name}` });
      for (const { error } of atServer) expect(error).toBeInstanceOf(HandshakeError);
      await expect(client.send("never", { timeout: 100 })).rejects.toThrow(TimeoutError);
      await expect(server.receive({ timeout: 0 })).rejects.toThrow(TimeoutError);
    },
  );

  test.each([
    ["Request", () => new Request()],
    ["Push", () => new Push()],
    ["Dealer", () => new Dealer()],
    ["Router", () => new Router()],
    ["Pull", () => new Pull()],
    ["Publisher", () => new Publisher()],
    ["Subscriber", () => new Subscriber()],
  ])("with no key makes ready() of a %s reject, also long after the refusal", async (_, open) => {
    const { secretKey } = curveKeyPair();
    await using server = new Router({ curveServer: true, curveSecretKey: secretKey });
    const atServer = failuresOf(server);
    await using client = open();
    client.connect(await server.bind("tcp://127.0.0.1:*"));
    await eventually(() => atServer.length > 0);
    for (let call = 0; call < 3; call++)
      await expect(client.ready({ timeout: 100_000 })).rejects.toThrow(HandshakeError);
  });

  test("a server that is knocked at with no key goes on to wait for the right one", async () => {
    const serverKeys = curveKeyPair();
    const { server, client: stranger } = curve(serverKeys, {});
    await using _server = server;
    await using _stranger = stranger;
    const endpoint = await server.bind("tcp://127.0.0.1:*");
    const ready = server.ready({ timeout: 100_000 });
    const refused = expect(stranger.ready({ timeout: 100_000 })).rejects.toThrow(HandshakeError);
    stranger.connect(endpoint);
    await refused;
    const keys = curveKeyPair();
    await using friend = new Push({
      curveServerKey: serverKeys.publicKey,
      curvePublicKey: keys.publicKey,
      curveSecretKey: keys.secretKey,
    });
    friend.connect(endpoint);
    await ready;
    await friend.send("from a friend");
    expect(String(await server.receive())).toBe("from a friend");
  });
});

describe("ZAP under CURVE", () => {
  test("is told the client's key, and can refuse it", async () => {
    const context = new Context();
    const serverKeys = curveKeyPair();
    const known = curveKeyPair();
    const unknown = curveKeyPair();
    await using handler = new Reply({ context });
    await handler.bind("inproc://zeromq.zap.01");
    const answering = (async () => {
      for await (const [version, id, , , , mechanism, key] of handler) {
        const isKnown = String(mechanism) === "CURVE" && z85.encode(key!) === known.publicKey;
        await handler.send([version, id!, isKnown ? "200" : "400", "", "", ""]);
      }
    })();
    await using server = new Pull({
      context,
      curveServer: true,
      curveSecretKey: serverKeys.secretKey,
      zapDomain: "test",
    });
    const endpoint = await server.bind("tcp://127.0.0.1:*");
    const clientWith = ({ publicKey, secretKey }: CurveKeyPair) =>
      new Push({
        context,
        linger: 0,
        curveServerKey: serverKeys.publicKey,
        curvePublicKey: publicKey,
        curveSecretKey: secretKey,
      });
    await using friend = clientWith(known);
    await using stranger = clientWith(unknown);
    const refused = expect(stranger.ready({ timeout: 100_000 })).rejects.toMatchObject({ reason: "auth" });
    friend.connect(endpoint);
    stranger.connect(endpoint);
    await friend.ready({ timeout: 100_000 });
    await refused;
    await friend.send("known");
    expect(String(await server.receive())).toBe("known");
    await stranger.close();
    await handler.close();
    await answering;
  });
});
