/** Binding, unbinding, connecting and disconnecting: callbacks, events and order. */

import { once } from "node:events";
import { eventually, freshInproc, freshTcp, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { closeAll, open } from "./sockets.ts";

afterEach(closeAll);

describe("bind", () => {
  test("calls back with no error, and emits bind", async () => {
    const address = await freshTcp();
    const rep = open("rep");
    const bound = once(rep, "bind");
    await new Promise<void>((resolve, reject) => rep.bind(address, (error) => (error ? reject(error) : resolve())));
    expect(await bound).toEqual([address]);
    expect(rep.last_endpoint).toBe(address);
  });

  test("of an address in use is an error: to the callback, or an event", async () => {
    const address = await freshTcp();
    open("rep").bindSync(address);
    const inUse = { code: "EADDRINUSE", message: "Address already in use" };
    const rep = open("rep");
    const failed = new Promise((resolve) => rep.bind(address, resolve));
    expect(await failed).toMatchObject(inUse);
    const heard = once(rep, "error");
    rep.bind(address);
    expect(await heard).toMatchObject([inUse]);
    expect(() => rep.bindSync(address)).toThrow(expect.objectContaining(inUse));
  });

  test("that fails holds up nothing that was sent meanwhile", async () => {
    const [taken, address] = [await freshTcp(), await freshTcp()];
    open("rep").bindSync(taken);
    const received = once(open("pull").bindSync(address), "message");
    const push = open("push").connect(address);
    const failed = new Promise((resolve) => push.bind(taken, resolve));
    push.send("sent meanwhile");
    expect(String(await received)).toBe("sent meanwhile");
    expect(await failed).toMatchObject({ code: "EADDRINUSE" });
  });

  test("a second bind waits for the first, and all serve", async () => {
    const addresses = [await freshTcp(), await freshTcp(), freshInproc()];
    const pull = open("pull");
    const bound: string[] = [];
    pull.on("bind", (address: string) => bound.push(address));
    for (const address of addresses) pull.bind(address);
    const messages: string[] = [];
    pull.on("message", (body: Buffer) => messages.push(String(body)));
    for (const address of addresses) open("push").connect(address).send(address);
    await eventually(() => messages.length === 3);
    expect(bound).toEqual(addresses);
    expect(messages.sort()).toEqual([...addresses].sort());
  });

  test("right after the close of the socket that had the address succeeds", async () => {
    const address = await freshTcp();
    for (const _ of numbers(10)) open("rep").bindSync(address).close();
    const rep = open("rep");
    await new Promise<void>((resolve, reject) => rep.bind(address, (error) => (error ? reject(error) : resolve())));
  });

  test("of an address that another has fails at once, while some socket is still being closed", async () => {
    const address = await freshTcp();
    open("rep").bindSync(address);
    const lingering = open("push", { linger: 1_000 }).connect("tcp://127.0.0.1:1");
    lingering.bindSync(await freshTcp());
    lingering.send("to nobody");
    lingering.close();
    const tries = vi.spyOn(Atomics, "wait");
    expect(() => open("rep").bindSync(address)).toThrow(expect.objectContaining({ code: "EADDRINUSE" }));
    expect(tries).not.toHaveBeenCalled();
    tries.mockRestore();
  });

  test("of anything but a string is a TypeError", () => {
    const rep = open("rep");
    for (const call of ["bind", "bindSync", "unbind", "unbindSync", "connect", "disconnect"] as const)
      expect(() => rep[call](5555 as never)).toThrow(new TypeError("Address must be a string!"));
    expect(() => rep.bind("tcp://127.0.0.1:*", "callback" as never)).toThrow(TypeError);
    expect(() => rep.bindSync("nonsense")).toThrow(expect.objectContaining({ code: "EINVAL" }));
  });
});

describe("unbind and disconnect", () => {
  test("give the address back, with and without a callback", async () => {
    const address = await freshTcp();
    const rep = open("rep").bindSync(address);
    const unbound = once(rep, "unbind");
    await new Promise<void>((resolve, reject) => rep.unbind(address, (error) => (error ? reject(error) : resolve())));
    expect(await unbound).toEqual([address]);
    open("rep").bindSync(address).unbindSync(address);
    expect(await new Promise((resolve) => rep.unbind(address, resolve))).toBeInstanceOf(Error);
    expect(() => rep.unbindSync(address)).toThrow();
    expect(() => rep.disconnect(address)).toThrow();
  });

  test("and it can be bound again in the same turn", async () => {
    const address = await freshTcp();
    const rep = open("rep");
    for (const _ of numbers(20)) rep.bindSync(address).unbindSync(address);
    open("rep").bindSync(address);
  });
});

test("connect calls back after it connected, or with the error", async () => {
  const push = open("push");
  await new Promise<void>((resolve, reject) =>
    push.connect("tcp://127.0.0.1:1", (error) => (error ? reject(error) : resolve())),
  );
  expect(await new Promise((resolve) => push.connect("nonsense", resolve))).toMatchObject({ code: "EINVAL" });
  expect(() => push.connect("nonsense")).toThrow(expect.objectContaining({ code: "EINVAL" }));
});
