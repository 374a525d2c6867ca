/** Which sockets `packed` and `unpacked` take, and many of them on one socket. */

import { describe, expect, expectTypeOf, test } from "vitest";
import {
  Dealer,
  Pair,
  Publisher,
  Pull,
  Push,
  Reply,
  Router,
  Subscriber,
  XPublisher,
  XSubscriber,
} from "../../src/index.ts";
import { packed, unpacked } from "../../src/packed.ts";
import { open, pipe, take } from "./pipe.ts";

describe("the socket types", () => {
  test("Pair and Dealer carry single frames; a Router knows the peer, both ways", async () => {
    const [left, right] = [open(new Pair()), open(new Pair())];
    left.connect(await right.bind("tcp://127.0.0.1:*"));
    void packed(left).write("pair");
    expect(String(await take(unpacked(right), 1))).toBe("pair");

    const router = open(new Router());
    const dealers = [open(new Dealer()), open(new Dealer())];
    const endpoint = await router.bind("tcp://127.0.0.1:*");
    for (const [index, dealer] of dealers.entries()) {
      dealer.connect(endpoint);
      const out = packed(dealer);
      for (let count = 0; count < 3; count++) void out.write(`${index}${count}`);
    }
    const seen = await take(unpacked(router), 6);
    const back = packed(router);
    for (const [peer, frame] of seen) void back.write([peer, `re ${frame}`]);
    for (const [index, dealer] of dealers.entries()) {
      const replies = await take(unpacked(dealer), 3);
      expect(replies.map(String)).toEqual([0, 1, 2].map((count) => `re ${index}${count}`));
    }
  });

  test("a publisher's topics stay apart, so that filters work, whether they are text or bytes", async () => {
    const publisher = open(new Publisher());
    const subscriber = open(new Subscriber());
    subscriber.subscribe("a");
    subscriber.connect(await publisher.bind("tcp://127.0.0.1:*"));
    await publisher.ready();
    const out = packed(publisher);
    for (let count = 0; count < 100; count++) {
      void out.write(["a", `${count}`]);
      void out.write(["b", "not for this one"]);
      void out.write([Buffer.from("aä"), `${count}`]);
      void out.write(["aä", "text"]);
    }
    const taken = await take(unpacked(subscriber), 300);
    const of = (topic: string) => taken.filter(([name]) => String(name) === topic).map(([, frame]) => String(frame));
    expect(of("a")).toEqual(Array.from({ length: 100 }, (_, count) => `${count}`));
    expect(of("aä")).toEqual(Array.from({ length: 100 }, (_, count) => [`${count}`, "text"]).flat());
    expect(of("b")).toEqual([]);
  });

  test("that have no form for it, and wrong arguments, are refused", async () => {
    for (const socket of [new Reply(), new Pull(), new Subscriber(), new XSubscriber()])
      expect(() => packed(open(socket) as never)).toThrow(/^packed needs a socket of the type Pair, .*, got /);
    for (const socket of [new Reply(), new Push(), new Publisher(), new XPublisher()])
      expect(() => unpacked(open(socket) as never)).toThrow(/^unpacked needs a socket of the type Pair, .*, got /);
    for (const no of [undefined, null, {}, "tcp://127.0.0.1:1"])
      for (const either of [packed, unpacked] as const)
        expect(() => (either as typeof packed)(no as never)).toThrow(TypeError);
    expectTypeOf(unpacked<Pair>).returns.toExtend<AsyncIterable<Buffer>>();
    expectTypeOf(unpacked<Router>).returns.toExtend<AsyncIterable<[Buffer, Buffer]>>();
    expectTypeOf(unpacked<Subscriber>).returns.toExtend<AsyncIterable<[Buffer, Buffer]>>();
    const push = open(new Push());
    for (const options of [{ maxBytes: 63 }, { maxBytes: 1.5 }, { maxDelay: -1 }, { maxDelay: Number.NaN }])
      expect(() => packed(push, options)).toThrow(RangeError);
    expect(() => packed(push, { maxBites: 100 } as never)).toThrow('packed has no option "maxBites"');
    expect(() => unpacked(open(new Pull()), null as never)).toThrow("unpacked takes an object of options, got null");
    expect(() => unpacked(open(new Pull()), { copy: 1 as never })).toThrow(TypeError);
    const out = packed(push);
    for (const message of [undefined, 7, {}, ["a"], []]) expect(() => out.write(message as never)).toThrow(TypeError);
    const addressed = packed(open(new Publisher()));
    for (const message of ["a", ["a"], ["a", "b", "c"], ["a", 7]])
      expect(() => addressed.write(message as never)).toThrow(TypeError);
    expect(() => unpacked(open(new Pull()), { onError: 7 as never })).toThrow(TypeError);
  });
});

test("many writers and loops share a socket and a signal without a warning", async () => {
  const warnings: string[] = [];
  const warn = (warning: Error) => warnings.push(warning.message);
  process.on("warning", warn);
  const { push, pull } = await pipe();
  const { signal } = new AbortController();
  const outs = Array.from({ length: 20 }, () => packed(push, { signal }));
  const loops = Array.from({ length: 20 }, () => unpacked(pull, { signal }));
  for (const out of outs) await out.write("x");
  await Promise.all(outs.map((out) => out.end()));
  expect((await take(loops[0] as AsyncIterable<Buffer>, 20)).length).toBe(20);
  await Promise.all(loops.map((loop) => loop.return()));
  await new Promise(setImmediate);
  process.off("warning", warn);
  expect(warnings).toEqual([]);
});
