/** Errors of waiting calls say why no peer is connected. */

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { eventually, fixture, freshIpc, freshTcp, spawnProcess } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import {
  curveKeyPair,
  Dealer,
  type DuplexSocket,
  type HandshakeError,
  Pull,
  Push,
  TimeoutError,
} from "../../src/index.ts";

/** The error of a receive that is in vain, asked again until it knows why. */
async function whyNothing(socket: Pull | Dealer, reason: string): Promise<TimeoutError> {
  return await eventually(async () => {
    const error = await socket.receive({ timeout: 50 }).catch((failure: unknown) => failure as TimeoutError);
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as TimeoutError).message).toContain(reason);
    return error as TimeoutError;
  });
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `tcp://127.0.0.1:${(server.address() as { port: number }).port}`;
}

describe.each([
  ["Pull", () => new Pull()],
  ["Dealer", () => new Dealer()],
])("the TimeoutError of a %s that nothing comes to", (name, open) => {
  test("names the address that refuses connections, at receive and at ready", async () => {
    await using socket = open();
    const address = await freshTcp();
    socket.connect(address);
    const why = `never connected to ${address} (connection refused). Start the peer, or check the address`;
    const error = await whyNothing(socket, why);
    expect(error.message).toBe(`No message arrived on the ${name} socket within 50 ms: ${why}`);
    await expect(socket.ready({ timeout: 20 })).rejects.toThrow(
      `The ${name} socket had fewer than 1 peer ready after 20 ms: ${why}`,
    );
  });

  test("tells a path that nobody is bound to, and a network that is not there", async () => {
    await using socket = open();
    const path = freshIpc();
    socket.connect(path);
    await whyNothing(socket, `never connected to ${path} (nobody is bound there)`);
    await using other = open();
    other.connect("tcp://[::1]:9");
    await whyNothing(other, "never connected to tcp://[::1]:9 (unreachable; IPv6 needs the option ipv6: true)");
  });

  test("tells that a server does not speak ZeroMQ, with the failed handshake as its cause", async () => {
    const server = createServer((connection) => connection.end("no ZeroMQ\n"));
    try {
      const address = await listening(server);
      await using socket = open();
      socket.connect(address);
      const error = await whyNothing(
        socket,
        `reached ${address}, but the peer ended the handshake. Check what listens`,
      );
      expect((error.cause as HandshakeError).code).toBe("ERR_HANDSHAKE");
    } finally {
      server.close();
    }
  });

  test("says nothing of connections once there is one", async () => {
    await using socket = open();
    await using peer = name === "Pull" ? new Push() : new Dealer();
    const address = await freshTcp();
    socket.connect(address);
    await whyNothing(socket, "connection refused");
    await peer.bind(address);
    await (peer as Push | DuplexSocket).send("at last");
    expect(String(await socket.receive({ timeout: 100_000 }))).toBe("at last");
    await expect(socket.receive({ timeout: 1 })).rejects.toThrow(
      new TimeoutError(`No message arrived on the ${name} socket within 1 ms`),
    );
  });
});

test("a server that accepts and says nothing has not shaken hands", async () => {
  const accepted: Socket[] = [];
  const server = createServer((socket) => void accepted.push(socket));
  await using pull = new Pull();
  const address = await listening(server);
  pull.connect(address);
  await whyNothing(pull, `reached ${address}, but no handshake has come`);
  server.close();
  for (const socket of accepted) socket.destroy();
});

// Where the queue of a port is full, Linux gives no answer, and other systems refuse.
test.runIf(process.platform === "linux")(
  "a try that fails later than any refusal comes is told as no answer",
  async () => {
    await using deaf = spawnProcess(fixture("deaf-server.mjs", import.meta.url));
    const address = await deaf.line("tcp://");
    const waiting = [1, 2].map(() => connect(Number(address.split(":").at(-1)), "127.0.0.1"));
    await Promise.all(waiting.map((socket) => once(socket, "connect")));
    await using pull = new Pull({ connectTimeout: 1_100 });
    pull.connect(address);
    await whyNothing(pull, `never connected to ${address} (no answer)`);
    for (const socket of waiting) socket.destroy();
  },
);

test("wrong keys are told as a failed handshake", async () => {
  const keys = curveKeyPair();
  const client = curveKeyPair();
  await using server = new Push({ curveServer: true, curveSecretKey: keys.secretKey });
  await using pull = new Pull({
    curveServerKey: client.publicKey,
    curvePublicKey: client.publicKey,
    curveSecretKey: client.secretKey,
  });
  const address = await server.bind("tcp://127.0.0.1:*");
  pull.connect(address);
  await whyNothing(pull, `reached ${address}, but`);
});

test("a send that times out tells why there is nobody to send to", async () => {
  await using push = new Push();
  const address = await freshTcp();
  push.connect(address);
  await eventually(async () => {
    await expect(push.send("x", { timeout: 100 })).rejects.toThrow(
      `The Push socket could not send within 100 ms; the message was not sent: never connected to ${address} (connection refused)`,
    );
    return true;
  });
});
