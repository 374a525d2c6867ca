/** Plain sockets of pyzmq, with the Python of the protocol's page. */

import { readFileSync } from "node:fs";
import { balance, RemoteError, RequestClient, serve, serveBalanced } from "@awaitmq/patterns";
import { freshTcp, python, run, spawnProcess } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  contract,
  implement,
  isFailure,
  remote,
  type ServicesHandler,
  services,
  type,
  UnimplementedError,
} from "../src/index.ts";

const hasPython = python() !== undefined;
if (!hasPython) console.warn("Skipped: no Python 3 here can import zmq (Debian and Ubuntu: python3-zmq)");

/** The programs of the page, in their order: a caller, a caller of failures, a caller with bytes, and a server. */
const page = readFileSync(new URL("../../../docs/protocols/services.md", import.meta.url), "utf8");
const [threeLines = "", calling = "", sendingBytes = "", serving = ""] = Array.from(
  page.matchAll(/^```python\n(.*?)^```/gms),
  ([, code]) => code as string,
);

const Symbols = z.object({ symbol: z.string() });
const prices = contract("prices", {
  quote: {
    input: Symbols,
    output: z.object({ bid: z.number(), ask: z.number() }),
    errors: { UNKNOWN_SYMBOL: Symbols },
  },
  upload: { input: z.instanceof(Uint8Array), output: type<Uint8Array>() },
  fail: {},
  ping: {},
});
const handler = services(
  implement(prices, {
    quote({ symbol }, { fail }) {
      if (symbol !== "EUR") throw fail("UNKNOWN_SYMBOL", { symbol }, "No such symbol");
      return { bid: 1.09, ask: 1.11 };
    },
    upload: (bytes) => Buffer.concat([bytes, bytes]),
    fail() {
      throw new Error("secret");
    },
    ping() {},
  }),
);

const owned: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of owned.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

function served(answer: ServicesHandler): string {
  const server = serve("tcp://127.0.0.1:*", answer, { grace: 0 });
  owned.push(server);
  return server.endpoints[0] as string;
}

function at(endpoint: string, program: string): string {
  return program.replace(/tcp:\/\/127\.0\.0\.1:\d+/, endpoint);
}

/** Runs a program, and returns the lines that it prints. */
async function ran(program: string): Promise<string[]> {
  const { code, stdout, stderr } = await run("-c", { command: python() as string, args: [program] });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.trim().split("\n");
}

/** Runs lines of Python after those of the page which connect and define `call`. */
function called(endpoint: string, ...lines: string[]): Promise<string[]> {
  return ran([at(endpoint, threeLines), calling, ...lines].join("\n"));
}

const fails = (name: string) => `
try:
    print("returned", call(req, ${name}))
except RuntimeError as error:
    print(json.dumps(error.args[0], sort_keys=True))`;

describe.skipIf(!hasPython)("a plain REQ", () => {
  test("calls a method in three lines", async () => {
    expect(await ran(at(served(handler), threeLines))).toEqual(["{'bid': 1.09, 'ask': 1.11}"]);
  });

  test("calls a method of a worker behind a broker", async () => {
    const broker = balance("tcp://127.0.0.1:*", "tcp://127.0.0.1:*");
    owned.push(broker);
    const [frontend, backend] = broker.endpoints as [string, string];
    owned.push(serveBalanced(backend, handler, { grace: 0 }));
    expect(await ran(at(frontend, threeLines))).toEqual(["{'bid': 1.09, 'ask': 1.11}"]);
  });

  test("has a failure as two frames, with its data", async () => {
    const lines = await called(
      served(handler),
      fails('"prices.quote", {"symbol": "XYZ"}'),
      'req.send_json(["prices.quote", {"symbol": "XYZ"}])',
      "print(len(req.recv_multipart()))",
    );
    expect(lines.slice(1)).toEqual([
      '{"code": "UNKNOWN_SYMBOL", "data": {"symbol": "XYZ"}, "message": "No such symbol", "method": "prices.quote"}',
      "2",
    ]);
  });

  test("learns what is wrong with its call", async () => {
    const lines = await called(
      served(handler),
      fails('"prices.quote", {"symbol": 5}'),
      fails('"prices.quotes", {"symbol": "EUR"}'),
      fails('["prices.quote"]'),
      fails('"prices.fail"'),
      'print(call(req, "prices.ping"))',
    );
    const [input, method, form, failed, nothing] = lines.slice(1);
    expect(JSON.parse(input as string)).toMatchObject({
      code: "ERR_SCHEMA",
      issues: [{ path: ["symbol"], message: expect.any(String) }],
    });
    expect(JSON.parse(method as string)).toMatchObject({
      code: "ERR_UNIMPLEMENTED",
      methods: ["prices.quote", "prices.upload", "prices.fail", "prices.ping", "awaitmq.describe"],
    });
    expect(JSON.parse(form as string)).toMatchObject({ code: "ERR_CODEC" });
    expect(failed).toBe('"the server failed"');
    expect(nothing).toBe("None");
  });

  test("sends and gets bytes", async () => {
    const lines = await called(served(handler), sendingBytes, "print(encoding, payload.hex())");
    expect(lines.slice(1)).toEqual(["b'bytes' 00ff00ff"]);
  });

  test("reads the description of the services", async () => {
    const lines = await called(
      served(handler),
      '[described] = call(req, "awaitmq.describe")["contracts"]',
      'print(described["name"], [method["name"] for method in described["methods"]])',
      'print(described["methods"][0]["input"]["properties"]["symbol"]["type"])',
    );
    expect(lines.slice(1)).toEqual(["prices ['quote', 'upload', 'fail', 'ping']", "string"]);
  });
});

describe.skipIf(!hasPython)("a plain REP", () => {
  async function market() {
    const endpoint = await freshTcp();
    owned.push(spawnProcess("-c", { command: python() as string, args: [at(endpoint, serving)] }));
    const client = new RequestClient({ connect: endpoint });
    owned.push({ [Symbol.asyncDispose]: () => client.close() });
    return remote(prices, client);
  }

  test("implements a method", async () => {
    const { quote } = await market();
    const replies = await Promise.all(Array.from({ length: 10 }, () => quote({ symbol: "EUR" })));
    expect(replies).toEqual(Array(10).fill({ bid: 1.09, ask: 1.11 }));
  });

  test("fails as the contract declares", async () => {
    const { quote } = await market();
    const error = await quote({ symbol: "XYZ" }).catch((error) => error);
    expect(isFailure(prices.quote, error) && error.data).toEqual({ symbol: "XYZ" });
    expect(error.message).toBe("No such symbol");
  });

  test("says which methods it has", async () => {
    const { ping } = await market();
    const error = await ping().catch((error) => error);
    expect(error).toBeInstanceOf(UnimplementedError);
    expect(error.methods).toEqual(["prices.quote"]);
  });
});

test("an error that a plain server does not explain is a RemoteError", async () => {
  const replies = [[""], ["error", '{"code":"BROKEN","message":"Disk full"}']];
  const server = serve("tcp://127.0.0.1:*", () => replies.shift() ?? "", { grace: 0 });
  owned.push(server);
  const client = new RequestClient({ connect: server.endpoints });
  owned.push({ [Symbol.asyncDispose]: () => client.close() });
  const { ping } = remote(prices, client);
  const failed = await ping().catch((error) => error);
  expect(failed).toBeInstanceOf(RemoteError);
  expect(failed.message).toBe("The server failed to answer a call of prices.ping");
  const broken = await ping().catch((error) => error);
  expect(broken).toBeInstanceOf(RemoteError);
  expect(broken).toMatchObject({ message: "Disk full", remoteCode: "BROKEN" });
});
