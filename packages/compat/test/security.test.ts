/** Security options that are incomplete or wrong bind and connect nothing. */

import { curveKeyPair } from "@awaitmq/core";
import { freshTcp } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { bound, closeAll, open } from "./sockets.ts";

afterEach(closeAll);

const keys = curveKeyPair();

describe("Neither bind nor connect goes on less than was asked for", () => {
  test.each([
    ["curveSecretKey", { curve_server: 1 }],
    ["curvePublicKey", { curve_serverkey: keys.publicKey }],
    ["curveServerKey", { curve_publickey: keys.publicKey, curve_secretkey: keys.secretKey }],
    ["plainPassword", { plain_username: "ada" }],
  ])("without %s", async (name, settings) => {
    const socket = open("dealer", settings);
    await expect(bound(socket, "tcp://127.0.0.1:*")).rejects.toThrow(name);
    expect(() => socket.bindSync("tcp://127.0.0.1:*")).toThrow(name);
    expect(() => socket.connect("tcp://127.0.0.1:9")).toThrow(name);
  });
});

test.each([
  ["with a newline", `${keys.secretKey}\n`],
  ["of zeros", Buffer.alloc(32)],
])("A key %s is an invalid argument, as it was", async (_, key) => {
  const socket = open("pull", { curve_server: 1 });
  try {
    socket.curve_secretkey = key;
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: "EINVAL", message: "Invalid argument" });
    expect(String((error as Error).cause)).toContain("curveSecretKey");
  }
  expect(() => socket.bindSync("tcp://127.0.0.1:*")).toThrow("curveSecretKey");
  socket.curve_secretkey = keys.secretKey;
  socket.bindSync(await freshTcp());
});

test("A key that is undefined is a TypeError", () => {
  expect(() => open("pull", { curve_secretkey: undefined })).toThrow(TypeError);
});
