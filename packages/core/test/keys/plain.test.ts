/** PLAIN: a ZAP handler decides on user name and password. */

import { eventually } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Context, HandshakeError, Pull, Push, Reply, Router, TimeoutError } from "../../src/index.ts";
import { failuresOf } from "./failures-of.ts";

describe("PLAIN, with a ZAP handler on a raw socket", () => {
  test.each(["Reply", "Router"] as const)("on a %s accepts the right password and denies another", async (kind) => {
    const context = new Context();
    await using handler = kind === "Reply" ? new Reply({ context }) : new Router({ context });
    await handler.bind("inproc://zeromq.zap.01");
    const asked: { domain: string; mechanism: string; user: string; password: string }[] = [];
    const answering = (async () => {
      for await (const message of handler) {
        // RFC 27: version, request id, domain, address, routing id, mechanism, and for PLAIN user name and password.
        const start = message.findIndex((frame) => String(frame) === "1.0");
        const envelope = message.slice(0, start);
        const [version, id, domain, address, , mechanism, user, password] = message.slice(start);
        expect(String(address)).toBe("127.0.0.1");
        asked.push({
          domain: String(domain),
          mechanism: String(mechanism),
          user: String(user),
          password: String(password),
        });
        const isRight = String(user) === "admin" && String(password) === "secret";
        const status = isRight ? ["200", "OK", "admin", ""] : ["400", "no", "", ""];
        await handler.send([...envelope, version!, id!, ...status]);
      }
    })();

    await using server = new Pull({ context, plainServer: true, zapDomain: "test", handshakeInterval: 60_000 });
    const atServer = failuresOf(server);
    const endpoint = await server.bind("tcp://127.0.0.1:*");
    await using right = new Push({
      context,
      plainUsername: "admin",
      plainPassword: "secret",
      handshakeInterval: 60_000,
    });
    right.connect(endpoint);
    await right.ready({ timeout: 100_000 });
    await right.send("let in");
    expect(String(await server.receive())).toBe("let in");
    expect(server.securityMechanism).toBe("plain");
    expect(atServer).toEqual([]);

    await using wrong = new Push({
      context,
      plainUsername: "admin",
      plainPassword: "guess",
      linger: 0,
      reconnectInterval: 50,
      // However slowly the handler answers.
      handshakeInterval: 60_000,
    });
    const refused = wrong.ready({ timeout: 100_000 }).catch((error: unknown) => error);
    wrong.connect(endpoint);
    const error = await refused;
    expect(error).toBeInstanceOf(HandshakeError);
    expect(error).toMatchObject({ reason: "auth", address: endpoint, cause: { status: 400 } });
    await eventually(() => atServer.some(({ error }) => error.reason === "auth"));
    await expect(wrong.send("shut out", { timeout: 50 })).rejects.toThrow(TimeoutError);
    await expect(server.receive({ timeout: 0 })).rejects.toThrow(TimeoutError);

    expect(asked).toContainEqual({ domain: "test", mechanism: "PLAIN", user: "admin", password: "secret" });
    expect(asked).toContainEqual({ domain: "test", mechanism: "PLAIN", user: "admin", password: "guess" });
    await wrong.close();
    await handler.close();
    await answering;
  });
});
