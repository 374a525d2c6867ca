/** Security mechanisms with a missing or wrong option bind and connect nothing. */

import { describe, expect, test } from "vitest";
import { curveKeyPair, Dealer, Pull, Push, Router, z85 } from "../../src/index.ts";

const own = curveKeyPair();
const server = curveKeyPair();
const client = { curvePublicKey: own.publicKey, curveSecretKey: own.secretKey, curveServerKey: server.publicKey };
const zero = z85.encode(Buffer.alloc(32));

/** What binding and connecting say to a socket with these options. */
async function refusals(options: object): Promise<string[]> {
  await using socket = new Dealer({ linger: 0, ...options });
  const attempts = [
    () => socket.bind("tcp://127.0.0.1:*"),
    async () => socket.bindSync("tcp://127.0.0.1:*"),
    async () => socket.connect("tcp://127.0.0.1:9"),
  ];
  const errors = await Promise.all(attempts.map((attempt) => attempt().catch((error: unknown) => error)));
  expect(socket.endpoints).toEqual(errors.filter((error) => typeof error === "string"));
  return errors.map((error) => (error instanceof TypeError ? error.message : `no TypeError: ${error}`));
}

describe("Nothing is bound or connected, for a TypeError that names the option,", () => {
  test.each([
    ["curveSecretKey", "a CURVE server without a key", { curveServer: true }],
    ["curveSecretKey", "a server with a public key alone", { curveServer: true, curvePublicKey: own.publicKey }],
    ["curveSecretKey", "a key that is null", { curveServer: true, curveSecretKey: null }],
    ["curvePublicKey", "a client with a server key alone", { curveServerKey: server.publicKey }],
    ["curvePublicKey", "a client without a public key", { ...client, curvePublicKey: null }],
    ["curveSecretKey", "a client without a secret key", { ...client, curveSecretKey: null }],
    ["curveServerKey", "a pair of keys without a role", { ...client, curveServerKey: null }],
    ["curveServerKey", "a server and client in one", { ...client, curveServer: true }],
    ["plainUsername", "CURVE and PLAIN at once", { ...client, plainUsername: "ada", plainPassword: "x" }],
    ["plainPassword", "a PLAIN client with a name alone", { plainUsername: "ada" }],
    ["plainUsername", "a PLAIN client with a password alone", { plainPassword: "lovelace" }],
    [
      "plainUsername",
      "a PLAIN server and client in one",
      { plainServer: true, plainUsername: "a", plainPassword: "b" },
    ],
  ])("%s, of %s", async (name, _, options) => {
    for (const refusal of await refusals(options)) expect(refusal).toContain(name);
  });
});

describe("A key is a TypeError that names its option and does not hold the key", () => {
  test.each([
    ["with a newline", `${own.secretKey}\n`],
    ["with a space before it", ` ${own.secretKey}`],
    ["too short", own.secretKey.slice(1)],
    ["too long", `${own.secretKey}0`],
    ["of 32 characters", own.secretKey.slice(8)],
    ["with what is no Z85", `${own.secretKey.slice(1)}~`],
    ["of bytes", z85.decode(own.secretKey)],
    ["of zeros", zero],
    ["empty", ""],
    ["undefined", undefined],
  ])("%s", async (_, value) => {
    for (const name of ["curvePublicKey", "curveSecretKey", "curveServerKey"]) {
      let error: unknown;
      await using push = new Push();
      for (const set of [() => new Push({ [name]: value }), () => Object.assign(push, { [name]: value })]) {
        expect(set).toThrow(TypeError);
        expect(set).toThrow(name);
        try {
          set();
        } catch (thrown) {
          error = thrown;
        }
        expect((error as Error).message).not.toContain(own.secretKey.slice(8, -1));
      }
    }
  });
});

test.each(["plainUsername", "plainPassword", "zapDomain"])("%s that is undefined is a TypeError", async (name) => {
  expect(() => new Pull({ [name]: undefined })).toThrow(TypeError);
  expect(() => new Pull({ [name]: undefined })).toThrow(name);
});

describe("The mechanism that was asked for is in force", () => {
  test.each([
    ["CURVE server", "curve", { curveServer: true, curveSecretKey: own.secretKey, plainServer: false }],
    ["CURVE client", "curve", { ...client, curveServer: false, plainUsername: null, plainPassword: null }],
    ["PLAIN server", "plain", { plainServer: true, curveServer: false, plainUsername: null }],
    ["PLAIN client", "plain", { plainUsername: "ada", plainPassword: "x", curveServer: false, plainServer: false }],
  ])("of a %s, in any order of options that ask for nothing", async (_, mechanism, options) => {
    for (const entries of [Object.entries(options), Object.entries(options).reverse()]) {
      await using router = new Router(Object.fromEntries(entries));
      await router.bind("tcp://127.0.0.1:*");
      expect(router.securityMechanism).toBe(mechanism);
      expect([router.curveServer, router.plainServer]).toEqual([
        "curveSecretKey" in options && !("curveServerKey" in options),
        "curveServerKey" in options ? false : mechanism === "plain" && "plainServer" in options && options.plainServer,
      ]);
    }
  });

  test("of a socket whose options come one by one, and that changes its role between", async () => {
    await using pull = new Pull({ curveServer: true, curveSecretKey: server.secretKey });
    await using push = new Push({ linger: 0 });
    push.curveServerKey = server.publicKey;
    push.curvePublicKey = own.publicKey;
    push.curveSecretKey = own.secretKey;
    push.connect(await pull.bind("tcp://127.0.0.1:*"));
    await push.ready({ timeout: 100_000 });
    push.curveServerKey = null;
    push.curveServer = true;
    await push.bind("tcp://127.0.0.1:*");
    expect([push.securityMechanism, push.curveServer]).toEqual(["curve", true]);
  });

  test("of none, with null for all", async () => {
    const none = { curvePublicKey: null, curveSecretKey: null, curveServerKey: null, plainUsername: null };
    await using pull = new Pull({ ...none, plainPassword: null, curveServer: false, plainServer: false });
    await pull.bind("tcp://127.0.0.1:*");
    expect(pull.securityMechanism).toBe(null);
  });
});
