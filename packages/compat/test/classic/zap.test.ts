/** A ZAP handler admits and rejects clients. */

import { z85 } from "@awaitmq/core";
import { eventually, freshTcp } from "@awaitmq/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import zmq, { type Socket } from "../../src/index.ts";
import { answering, arrival, bound, closeAll, heard, open } from "../sockets.ts";

interface Asked {
  readonly version: string;
  readonly domain: string;
  readonly address: string;
  readonly mechanism: string;
  readonly credentials: readonly Buffer[];
}

/** The one handler of this process, at the address that libzmq asks at. */
let handler: Socket;
let asked: Asked[] = [];
/** Who is let in; see RFC 27 for the codes. */
let verdict: (request: Asked) => "200" | "400";

beforeAll(() => {
  handler = zmq.socket("router");
  handler.on("message", (...frames: Buffer[]) => {
    const body = frames.findIndex(({ length }) => length === 0) + 1;
    const [version, id, domain, address, , mechanism, ...credentials] = frames.slice(body);
    const request = {
      version: String(version),
      domain: String(domain),
      address: String(address),
      mechanism: String(mechanism),
      credentials,
    };
    asked.push(request);
    const code = verdict(request);
    handler.send([...frames.slice(0, body), version, id, code, code === "200" ? "OK" : "No", "", Buffer.alloc(0)]);
  });
  handler.bindSync("inproc://zeromq.zap.01");
});

afterAll(() => void handler.close());

let rep: Socket;
let req: Socket;
let requests: string[][];
let replies: string[][];

beforeEach(() => {
  asked = [];
  verdict = () => "200";
  rep = open("rep", { zap_domain: "test" });
  req = open("req");
  requests = heard(rep);
  replies = heard(req);
  answering(rep, () => "world");
});

afterEach(closeAll);

async function expectAnswered(address: string): Promise<void> {
  req.connect(address);
  req.send("hello");
  await arrival(replies, 1);
  expect(requests).toEqual([["hello"]]);
  expect(replies).toEqual([["world"]]);
}

const expected = { version: "1.0", domain: "test", address: "127.0.0.1" };

describe("a client that the ZAP handler lets in", () => {
  test("by its CURVE key is answered", async () => {
    const keys = () => {
      const { public: publicKey, secret } = zmq.curveKeypair();
      return { publicKey: z85.decode(publicKey), secretKey: z85.decode(secret) };
    };
    const server = keys();
    const client = keys();
    rep.curve_server = 0;
    rep.curve_server = 1;
    rep.curve_secretkey = server.secretKey;
    expect(rep.mechanism).toBe(2);
    const address = await bound(rep, await freshTcp());
    req.curve_serverkey = server.publicKey;
    req.curve_publickey = client.publicKey;
    req.curve_secretkey = client.secretKey;
    expect(req.mechanism).toBe(2);
    await expectAnswered(address);
    expect(asked).toEqual([{ ...expected, mechanism: "CURVE", credentials: [Buffer.from(client.publicKey)] }]);
  });

  test("without any credentials is answered", async () => {
    expect(rep.mechanism).toBe(0);
    const address = await bound(rep, await freshTcp());
    expect(req.mechanism).toBe(0);
    await expectAnswered(address);
    expect(asked).toEqual([{ ...expected, mechanism: "NULL", credentials: [] }]);
  });

  test("by a name and a password is answered", async () => {
    rep.plain_server = 1;
    expect(rep.mechanism).toBe(1);
    const address = await bound(rep, await freshTcp());
    req.plain_username = "user";
    req.plain_password = "pass";
    expect(req.mechanism).toBe(1);
    await expectAnswered(address);
    const credentials = [Buffer.from("user"), Buffer.from("pass")];
    expect(asked).toEqual([{ ...expected, mechanism: "PLAIN", credentials }]);
  });
});

describe("a client that the ZAP handler answers 400 for", () => {
  test("is kept out, while another is answered", async () => {
    verdict = ({ credentials: [name] }) => (String(name) === "user" ? "200" : "400");
    rep.plain_server = 1;
    const address = await bound(rep, await freshTcp());
    const stranger = open("req", { plain_username: "stranger", plain_password: "pass" });
    const repliesToStranger = heard(stranger);
    stranger.connect(address);
    stranger.send("let me in");
    await eventually(() => asked.length > 0);
    expect(asked[0]).toMatchObject({ ...expected, mechanism: "PLAIN" });
    expect(asked[0]!.credentials.map(String)).toEqual(["stranger", "pass"]);
    req.plain_username = "user";
    req.plain_password = "pass";
    await expectAnswered(address);
    expect(repliesToStranger).toEqual([]);
  });
});
