/** Malformed addresses are an `AddressError`. */

import { networkInterfaces } from "node:os";
import { fixture, run } from "@awaitmq/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AddressError, capability, Pull, Push, UnsupportedError } from "../../src/index.ts";

/** How far a look at `address` comes: the error, or undefined when it works. */
async function outcome(direction: "bind" | "connect", address: unknown): Promise<unknown> {
  await using socket = new Pull({ linger: 0 });
  try {
    if (direction === "bind") await socket.bind(address as string);
    else socket.connect(address as string);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("a malformed address", () => {
  const malformed = [
    "",
    "tcp",
    "tcp:",
    "tcp:/127.0.0.1:5555",
    "tcp://",
    "tcp://127.0.0.1",
    "tcp://127.0.0.1:",
    "tcp://:5555",
    "tcp://127.0.0.1:x",
    "tcp://127.0.0.1:5555x",
    "tcp://127.0.0.1:5555/6666",
    "tcp://127.0.0.1:-1",
    "tcp://127.0.0.1:+1",
    "tcp://127.0.0.1: 5555",
    "tcp://127.0.0.1:5555 ",
    "tcp://127.0.0.1:65536",
    "tcp://127.0.0.1:99999999999999999999",
    "tcp://127.0.0.1:5555\0",
    "tcp://127.0.0.1:5555\0:6666",
    "tcp://127.0.0. 1:5555",
    "tcp://127.0.0.1/24:5555",
    "tcp://a;b;c:1",
    " tcp://127.0.0.1:5555",
    "TCP://127.0.0.1:5555",
    "http://127.0.0.1:5555",
    "127.0.0.1:5555",
    "://127.0.0.1:5555",
    "ipc://",
    `ipc:///tmp/${"x".repeat(103)}`,
    "inproc://",
    `inproc://${"x".repeat(257)}`,
    "inproc://a\0b",
    "inproc://\ud800",
    "ipc:///tmp/\udfff",
  ];

  test.each(malformed)("%j is an AddressError, for bind and connect", async (address) => {
    for (const direction of ["bind", "connect"] as const) {
      const error = await outcome(direction, address);
      expect(error).toBeInstanceOf(AddressError);
      expect(error).toMatchObject({ code: "ERR_ADDRESS_INVALID", address });
      expect((error as Error).message).toMatch(new RegExp(`^Cannot ${direction} to `));
    }
  });

  test.each(["tcp://*:5555", "tcp://127.0.0.1:*", "tcp://127.0.0.1:0", "tcp://127.0.0.1:00", "ipc://*"])(
    "%j is one for connect only",
    async (address) => {
      expect(await outcome("connect", address)).toMatchObject({ code: "ERR_ADDRESS_INVALID", address });
    },
  );

  test.each(["tcp://127.0.0.1:0;127.0.0.1:5555", "tcp://localhost.invalid:*"])(
    "%j is one for bind only",
    async (address) => {
      expect(await outcome("bind", address)).toBeInstanceOf(AddressError);
    },
  );

  test.each([undefined, null, 5555, {}, ["tcp://127.0.0.1:5555"], Buffer.from("tcp://127.0.0.1:5555"), Symbol("tcp")])(
    "%s is a TypeError, being no string",
    async (address) => {
      expect(await outcome("bind", address)).toBeInstanceOf(TypeError);
      expect(await outcome("connect", address)).toBeInstanceOf(TypeError);
    },
  );

  test("leaves the socket as it was", async () => {
    await using pull = new Pull();
    for (const address of malformed) {
      expect(() => pull.bindSync(address)).toThrow(AddressError);
      expect(() => pull.connect(address)).toThrow(AddressError);
    }
    expect(pull.endpoints).toEqual([]);
    await using push = new Push();
    push.connect(await pull.bind("tcp://127.0.0.1:*"));
    await push.send("fine");
    expect(String(await pull.receive())).toBe("fine");
  });
});

/** Nothing but this machine: loopback, and names that no resolver knows because they are no names. */
const hosts = fc.oneof(
  fc.integer({ min: 1, max: 254 }).map((last) => `127.0.0.${last}`),
  fc.constantFrom("localhost", "[::1]", "::1", "*", "127.0.0.1", "lo"),
  fc.constantFrom(
    "",
    " ",
    "[",
    "]",
    "[]",
    "[::1",
    "::1]",
    "-",
    "_",
    "..",
    "a b",
    "%",
    "127.0.0.",
    "127.0.0.1.1",
    "999.0.0.1",
  ),
);
const ports = fc.oneof(
  fc.integer({ min: 20_000, max: 65_535 }).map(String),
  fc.constantFrom("*", "0", "", "-1", "x", "1e4", "65536", "99999", "0x50", "5555x", "٥٥٥٥", " 5555"),
);
const names = fc.string({ unit: "binary", maxLength: 20 });
const transports = fc.constantFrom("tcp", "inproc", "pgm", "epgm", "norm", "TCP", "http", "tcp+tls", "", "t c p");
const valid = fc.constantFrom(
  "tcp://127.0.0.1:*",
  "tcp://127.0.0.1:0",
  "tcp://127.0.0.1:54321",
  "tcp://localhost:54321",
  "tcp://*:*",
  "tcp://127.0.0.1:0;127.0.0.1:54321",
  "inproc://a-name",
);
/** A valid address with one thing inserted, replaced or deleted, none of which turns a host into another machine's. */
const mutated = fc
  .tuple(
    valid,
    fc.nat(),
    fc.constantFrom("", "*", ":", ";", "/", "[", "]", " ", "\0", "\n", "x", "é", "💥", "\ud800"),
    fc.nat(1),
  )
  .map(([address, position, piece, removed]) => {
    const at = position % (address.length + 1);
    return address.slice(0, at) + piece + address.slice(at + removed);
  })
  .filter((address) => !isElsewhere(address));
const addresses = fc.oneof(
  fc.tuple(transports, hosts, ports).map(([transport, host, port]) => `${transport}://${host}:${port}`),
  fc.tuple(fc.constantFrom("inproc", "udp", "vmci", "x"), names).map(([transport, name]) => `${transport}://${name}`),
  mutated,
  names,
);

/** Whether the host could be resolved, or be an address, beyond this machine. */
function isElsewhere(address: string): boolean {
  const destination =
    address
      .slice(address.indexOf("://") + 3)
      .split(";")
      .at(-1) ?? "";
  const host = destination.slice(0, destination.lastIndexOf(":"));
  return (
    address.includes("tcp") && !["127.0.0.1", "localhost", "*", "[::1]", ""].includes(host) && !/[^\w.]/.test(host)
  );
}

describe("any string as an address", () => {
  /** Uses 400 addresses, each on a socket of its own: each is taken, or refused with one of the two errors and nothing left of it. */
  async function each<S extends Pull | Push>(open: () => S, use: (socket: S, address: string) => unknown) {
    const count = { taken: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(addresses, async (address) => {
        await using socket = open();
        try {
          await use(socket, address);
          count.taken += 1;
        } catch (error) {
          if (!(error instanceof AddressError || error instanceof UnsupportedError)) throw error;
          count.refused += 1;
          expect(error.message).toMatch(/^Cannot (bind to|connect to|use) /);
          expect(socket.endpoints).toEqual([]);
        }
      }),
      { numRuns: 400 },
    );
    // Neither side is tested where there is next to none of it.
    expect(Math.min(count.taken, count.refused)).toBeGreaterThan(30);
  }

  test("is bound as it says, or refused with an AddressError or UnsupportedError", async () => {
    await each(
      () => new Pull({ linger: 0 }),
      async (socket, address) => {
        const endpoint = await socket.bind(address);
        expect(socket.endpoints).toEqual([endpoint]);
        expectAsAsked(endpoint, address);
      },
    );
  });

  test("is connected to, or refused with an AddressError or UnsupportedError", async () => {
    await each(
      () => new Push({ linger: 0, reconnectInterval: -1 }),
      (socket, address) => {
        socket.connect(address);
        expect(socket.endpoints).toEqual([address]);
        socket.disconnect(address);
        expect(socket.endpoints).toEqual([]);
      },
    );
  });
});

/** A number is never read as another, a host never as another, and what was `*` became one. */
function expectAsAsked(endpoint: string, address: string): void {
  if (!address.startsWith("tcp://")) {
    expect(endpoint).toBe(address);
    return;
  }
  const { host, port } = split(address);
  const found = split(endpoint);
  if (port === "*" || Number(port) === 0) expect(Number(found.port)).toBeGreaterThan(0);
  else expect(found.port).toBe(String(Number(port)));
  if (host === "*") expect(found.host).toBe("0.0.0.0");
  else if (host === "localhost") expect(["127.0.0.1", "[::1]"]).toContain(found.host);
  else if (host in networkInterfaces())
    expect(networkInterfaces()[host]?.map((own) => own.address)).toContain(found.host);
  else expect(found.host).toBe(host);
}

function split(address: string): { host: string; port: string } {
  const rest = address.slice("tcp://".length);
  const colon = rest.lastIndexOf(":");
  return { host: rest.slice(0, colon), port: rest.slice(colon + 1) };
}

test("an address that is no string is a TypeError that says what was given, for which call", async () => {
  await using push = new Push();
  const example = 'an address must be a string such as "tcp://127.0.0.1:5555"';
  expect(() => push.connect(undefined as never)).toThrow(new TypeError(`Cannot connect: ${example}, got undefined`));
  await expect(push.bind(5 as never)).rejects.toThrow(new TypeError(`Cannot bind: ${example}, got 5`));
  expect(() => push.disconnect(null as never)).toThrow(new TypeError(`Cannot disconnect: ${example}, got null`));
  await expect(push.unbind(["a"] as never)).rejects.toThrow(new TypeError(`Cannot unbind: ${example}, got an object`));
});

test("a transport that there is not is told beside those of this build", async () => {
  await using push = new Push();
  let ws = true;
  try {
    push.connect("ws://127.0.0.1:1");
  } catch {
    ws = false;
  }
  const { message } = (await outcome("connect", "http://127.0.0.1:80")) as Error;
  expect(message).toMatch(/there is no transport "http"\. Use one of tcp, (ipc, )?inproc,? .*and \w+$/);
  expect(message.includes(" ws")).toBe(ws);
  expect(message.includes(" udp")).toBe(capability.draft === true);
});

test("a port that is taken in a worker of node:cluster comes with the cure", async () => {
  const { stdout } = await run(fixture("cluster-bind.mjs", import.meta.url));
  expect(stdout).toMatch(
    /^ERR_ADDRESS_IN_USE .* workers of node:cluster cannot share a ZeroMQ port. Bind in the primary/,
  );
});
