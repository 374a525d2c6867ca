/** A TCP link that delays, throttles, cuts and restores. */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../src/eventually.ts";
import { FlakyLink } from "../src/flaky-link.ts";

let server: Server;
let port: number;
const open = new Set<Socket>();

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on("error", () => {}).pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});

afterEach(() => {
  for (const socket of open) socket.destroy();
  open.clear();
  server.close();
});

function dial(link: FlakyLink): Socket {
  const socket = connect({ port: Number(link.address.split(":").at(-1)), host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  open.add(socket);
  return socket;
}

/** Sends bytes through the echo behind the link, and resolves to all bytes that came back. */
async function echo(link: FlakyLink, bytes: Buffer): Promise<Buffer> {
  const socket = dial(link);
  socket.end(bytes);
  return Buffer.concat(await socket.toArray());
}

describe("FlakyLink", () => {
  test("relays bytes unchanged both ways, half-closed connections included", async () => {
    await using link = await FlakyLink.open(port);
    const bytes = Buffer.alloc(1_000_000, "0123456789abcdef!");
    expect((await echo(link, bytes)).equals(bytes)).toBe(true);
    await eventually(() => link.connections === 0);
  });

  test("takes the end of an endpoint for its target, and refuses what has no port", async () => {
    await using link = await FlakyLink.open(`tcp://127.0.0.1:${port}`);
    expect((await echo(link, Buffer.from("hello"))).toString()).toBe("hello");
    await expect(FlakyLink.open("ipc:///tmp/socket")).rejects.toThrow(TypeError);
  });

  test("delays each direction, but not one byte behind the other", async () => {
    await using link = await FlakyLink.open(port, { delay: 100 });
    const bytes = Buffer.alloc(500_000, "delayed");
    const start = performance.now();
    const back = await echo(link, Buffer.from("x"));
    const elapsed = performance.now() - start;
    expect(back.toString()).toBe("x");
    expect(elapsed).toBeGreaterThan(195);
    expect((await echo(link, bytes)).equals(bytes)).toBe(true);
  });

  test("throttles to a rate", async () => {
    await using link = await FlakyLink.open(port, { throttle: 200_000 });
    const start = performance.now();
    const back = await echo(link, Buffer.alloc(60_000));
    expect(back.length).toBe(60_000);
    expect(performance.now() - start).toBeGreaterThan(250);
  });

  test("cuts connections and refuses new ones until it is restored at the same address", async () => {
    await using link = await FlakyLink.open(port);
    const before = dial(link);
    before.write("x");
    await once(before, "data");
    expect(link.connections).toBe(1);

    await link.cut();
    await eventually(() => before.destroyed);
    expect(link.connections).toBe(0);
    await expect(once(dial(link), "close")).rejects.toThrow("ECONNREFUSED");

    await link.restore();
    expect((await echo(link, Buffer.from("again"))).toString()).toBe("again");
  });

  test("stands still while stalled, so that the sender feels backpressure, and loses nothing", async () => {
    await using link = await FlakyLink.open(port);
    const socket = dial(link);
    socket.write("x");
    await once(socket, "data");

    link.stall();
    let arrived = 0;
    socket.on("data", (chunk) => {
      arrived += chunk.length;
    });
    const size = 32 * 1_048_576;
    socket.write(Buffer.alloc(size));
    const filled = () => socket.bytesWritten - socket.writableLength;
    let before = -1;
    await eventually(
      () => {
        const still = filled() === before;
        before = filled();
        return still;
      },
      { interval: 50, message: "The link and the kernel never filled up" },
    );
    expect(socket.writableLength).toBeGreaterThan(0);
    expect(arrived).toBe(0);

    link.resume();
    await eventually(() => arrived === size);
  });

  test("breaks the connection when nothing listens at the target", async () => {
    server.close();
    await once(server, "close");
    await using link = await FlakyLink.open(port);
    await expect(once(dial(link), "close")).rejects.toThrow("ECONNRESET");
    await eventually(() => link.connections === 0);
  });
});
