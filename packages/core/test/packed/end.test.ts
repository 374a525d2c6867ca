/** The end of a packed stream: flushes, aborts, closed sockets and peers that are gone. */

import { describe, expect, test } from "vitest";
import { ClosedError, Dealer, Push, Router, type UnroutableError } from "../../src/index.ts";
import { packed, unpacked } from "../../src/packed.ts";
import { open, pipe, take } from "./pipe.ts";

describe("the end", () => {
  test("of the scope flushes", async () => {
    const { push, pull } = await pipe();
    {
      await using out = packed(push, { maxDelay: 60_000 });
      void out.write("scope");
    }
    expect(String(await take(unpacked(pull), 1))).toBe("scope");
  });

  test("flushes, and no write is taken after it", async () => {
    const { push, pull } = await pipe();
    const out = packed(push, { maxDelay: 60_000 });
    void out.write("last");
    await out.end();
    expect(String(await take(unpacked(pull), 1))).toBe("last");
    await expect(out.write("late")).rejects.toBeInstanceOf(ClosedError);
  });

  test("by abort drops what waits, and says so", async () => {
    const { push } = await pipe();
    const ending = new AbortController();
    const out = packed(push, { maxDelay: 60_000, signal: ending.signal });
    void out.write("dropped");
    ending.abort(new Error("enough"));
    await expect(out.write("late")).rejects.toThrow("enough");
    await expect(out.end()).rejects.toThrow("enough");
    await expect(out.flush()).resolves.toBeUndefined();
  });

  test("of the socket, with many frames on their way, warns once where no call tells of it", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on("warning", note);
    const push = open(new Push());
    const out = packed(push, { maxBytes: 1_000 });
    for (let message = 0; message < 15; message++) void out.write("x".repeat(900))?.catch(() => {});
    await push.close({ linger: 0 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.off("warning", note);
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining("Packed messages were lost")]);
  });

  test("of the socket is not warned of where a flush waits, which tells", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on("warning", note);
    const push = open(new Push());
    const out = packed(push);
    void out.write("x");
    const told = expect(out.flush()).rejects.toBeInstanceOf(ClosedError);
    await push.close({ linger: 0 });
    await told;
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", note);
    expect(warnings).toEqual([]);
  });

  test("of the socket or the writing is told by each call that waits", async () => {
    for (const how of ["closes", "aborts"]) {
      const ending = new AbortController();
      const push = open(new Push());
      const out = packed(push, { signal: ending.signal, maxBytes: 1_000 });
      const room = out.write("x".repeat(5_000));
      const told = Promise.allSettled([room, out.flush(), out.flush(), out.end()]);
      if (how === "aborts") ending.abort(new Error("enough"));
      else await push.close({ linger: 0 });
      const error = how === "aborts" ? { message: "enough" } : { code: "ERR_CLOSED" };
      for (const outcome of await told) expect(outcome).toMatchObject({ status: "rejected", reason: error });
      await expect(out.end()).resolves.toBeUndefined();
    }
  });

  test("of the socket before the flush is told by the next call, once", async () => {
    const { push } = await pipe();
    const out = packed(push, { maxDelay: 60_000 });
    void out.write("lost");
    await push.close();
    await expect(out.write("late")).rejects.toThrow("the Push socket is closed");
    await expect(out.flush()).rejects.toBeInstanceOf(ClosedError);
    await expect(out.flush()).resolves.toBeUndefined();
    await expect(packed(push).write("late")).rejects.toBeInstanceOf(ClosedError);
  });

  test("of a peer of a Router is told, and disturbs no other", async () => {
    const router = open(new Router());
    const dealer = open(new Dealer({ routingId: "here" }));
    dealer.connect(await router.bind("tcp://127.0.0.1:*"));
    await router.ready();
    const out = packed(router);
    void out.write(["here", "1"]);
    void out.write(["gone", "2"]);
    void out.write(["here", "3"]);
    expect((await take(unpacked(dealer), 2)).map(String)).toEqual(["1", "3"]);
    await expect(out.flush()).rejects.toMatchObject({ code: "ERR_UNROUTABLE" });
    await expect(out.end()).resolves.toBeUndefined();
  });
});

test("several peers that are not there are told of one after the other", async () => {
  const router = open(new Router());
  const out = packed(router);
  for (const peer of ["one", "two", "three"]) void out.write([peer, "x"]);
  void out.write(["one", "y"]);
  const peers: string[] = [];
  for (let call = 0; call < 3; call++)
    await out.flush().catch((error: UnroutableError) => peers.push(String(error.routingId)));
  expect(peers.sort()).toEqual(["one", "three", "two"]);
  await expect(out.end()).resolves.toBeUndefined();
});
