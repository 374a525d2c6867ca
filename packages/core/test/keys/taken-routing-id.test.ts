/** A stranger under the routing id of the next peer: what it breaks, and what keeps it out. */

import { fixture, type RunningProcess, spawnProcess } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { curveKeyPair, Dealer, Router, type SocketEvent, z85 } from "../../src/index.ts";

/**
 * What libzmq 4.3.5 calls the first peer without a name of a process's first Router or Reply. A peer may give itself that name:
 * the next one without a name then ends the process, by `Assertion failed: ok (socket_base.cpp:2113)`.
 */
const nextName = Buffer.from("006b8b4567", "hex");

type DealerOptions = ConstructorParameters<typeof Dealer>[0];

const serverKeys = curveKeyPair();
const friendKeys = curveKeyPair();
const hex = (text: string) => Buffer.from(text).toString("hex");
const plainFriend = { plainUsername: "ada", plainPassword: "lovelace" };
const curveFriend = { ...client(friendKeys), curveServerKey: serverKeys.publicKey };
const curveServer = { curveServer: true, curveSecretKey: serverKeys.secretKey };
const asked = { zapDomain: "global", zapEnforceDomain: true };
const ada = `127.0.0.1 PLAIN ${hex("ada")} ${hex("lovelace")}`;
const friendsKey = `127.0.0.1 CURVE ${z85.decode(friendKeys.publicKey).toString("hex")}`;

function client({ publicKey, secretKey }: ReturnType<typeof curveKeyPair>) {
  return { curvePublicKey: publicKey, curveSecretKey: secretKey };
}

interface Guard {
  readonly server?: object;
  readonly welcome?: readonly string[];
  readonly friend?: DealerOptions;
  readonly stranger?: DealerOptions;
  /** Where the stranger comes from. @default 127.0.0.1 */
  readonly from?: string;
}

const open: Record<string, Guard> = {
  "nothing at all": {},
  "handover: true": { server: { handover: true } },
  "a zapDomain without a handler": { server: { zapDomain: "global" } },
  "CURVE without a handler, which lets any key in": {
    server: curveServer,
    friend: curveFriend,
    stranger: { ...client(curveKeyPair()), curveServerKey: serverKeys.publicKey },
  },
  "CURVE with a handler, against a peer that it lets in": {
    server: { ...curveServer, ...asked },
    welcome: [friendsKey],
    friend: curveFriend,
    stranger: curveFriend,
  },
};

const curveWithHandler = "CURVE with a handler that knows its keys";
const shut: Record<string, Guard> = {
  [curveWithHandler]: {
    server: { ...curveServer, ...asked },
    welcome: [friendsKey],
    friend: curveFriend,
    stranger: { ...client(curveKeyPair()), curveServerKey: serverKeys.publicKey },
  },
  "CURVE without a handler, as long as the server's public key is a secret": {
    server: curveServer,
    friend: curveFriend,
    stranger: { ...client(curveKeyPair()), curveServerKey: curveKeyPair().publicKey },
  },
  "PLAIN with a handler that knows its passwords": {
    server: { plainServer: true, ...asked },
    welcome: [ada],
    friend: plainFriend,
    stranger: { plainUsername: "ada", plainPassword: "guess" },
  },
  "NULL with a handler that knows its addresses": {
    server: asked,
    welcome: ["127.0.0.1 NULL"],
    from: "127.0.0.2",
  },
  tcpAcceptFilter: { server: { tcpAcceptFilter: "127.0.0.1/32" }, from: "127.0.0.2" },
};

async function serve(kind: string, { server = {}, welcome }: Guard, address = "tcp://127.0.0.1:*") {
  const args = [kind, address, JSON.stringify(server), ...(welcome === undefined ? [] : [JSON.stringify(welcome)])];
  const child = spawnProcess(fixture("guarded-server.mjs", import.meta.url), { args });
  return { child, endpoint: await child.line("://") };
}

/** Comes under the name; resolves to what became of its connection. */
async function take(stranger: Dealer, endpoint: string): Promise<SocketEvent["type"]> {
  const events = stranger.events();
  stranger.connect(endpoint);
  for await (const { type } of events)
    if (type.startsWith("handshake") || type === "disconnect" || type === "close") return type;
  throw new Error("no event told of the connection");
}

/** What an honest client gets: its answer, or the server's end, which may come before the request has left. */
async function askAfter(child: RunningProcess, endpoint: string, options: DealerOptions) {
  await using honest = new Dealer({ linger: 0, ...options });
  honest.connect(endpoint);
  const ask = async () => {
    await honest.send(["", "ping"]);
    return (await honest.receive()).map(String);
  };
  return await Promise.race([ask().catch(String), child.exited.then(({ signal, stderr }) => `${signal}: ${stderr}`)]);
}

async function attack(kind: string, guard: Guard) {
  const { child, endpoint } = await serve(kind, guard);
  await using _child = child;
  await using stranger = new Dealer({ linger: 0, routingId: nextName, ...guard.stranger });
  const source = guard.from === undefined ? endpoint : endpoint.replace("//", `//${guard.from}:0;`);
  const outcome = await take(stranger, source);
  return { outcome, answer: await askAfter(child, endpoint, guard.friend) };
}

async function expectEnd(kind: string, guard: Guard): Promise<void> {
  expect(await attack(kind, guard)).toEqual({ outcome: "handshake", answer: expect.stringContaining("SIGABRT") });
}

async function expectShutOut(kind: string, guard: Guard): Promise<void> {
  const { outcome, answer } = await attack(kind, guard);
  expect(outcome).not.toBe("handshake");
  expect(answer).toEqual(["", "ping"]);
}

// Elsewhere the first of these names is another, and 127.0.0.2 no address.
describe.runIf(process.platform === "linux")("a stranger who takes the name of the next peer", () => {
  test.each(Object.keys(open))("ends the process of a Router behind %s", (name) => expectEnd("Router", open[name]!));

  test("ends the process of a Reply", () => expectEnd("Reply", {}));

  test.each(Object.keys(shut))("is kept out of a Router by %s", (name) => expectShutOut("Router", shut[name]!));

  test("is kept out of a Reply by the same", () => expectShutOut("Reply", shut[curveWithHandler]!));

  test("is kept out by PLAIN without a handler, as everybody is", async () => {
    const { child, endpoint } = await serve("Router", { server: { plainServer: true } });
    await using _child = child;
    await using stranger = new Dealer({ linger: 0, routingId: nextName, ...plainFriend });
    expect(await take(stranger, endpoint)).not.toBe("handshake");
  });
});

test.each([
  ["gets with handover: true", true],
  ["does not get with handover: false", false],
])("a stranger who takes a name in use %s what is for it", async (_, handover) => {
  await using router = new Router({ handover });
  await using honest = new Dealer({ linger: 0, receiveTimeout: 100_000 });
  const endpoint = await router.bind("tcp://127.0.0.1:*");
  honest.connect(endpoint);
  await honest.send("what is it?");
  const [name] = await router.receive();

  await using stranger = new Dealer({ linger: 0, routingId: name, receiveTimeout: 100_000 });
  expect(await take(stranger, endpoint)).toBe("handshake");
  await stranger.send("here I am");
  if (handover) expect(String((await router.receive())[1])).toBe("here I am");
  await router.send([name, "a secret"]);
  expect((await (handover ? stranger : honest).receive()).map(String)).toEqual(["a secret"]);
});
