/** Wrong sockets and options of each function. */

import { Dealer, Publisher, Pull, Push, Router, type Socket, Subscriber, XPublisher } from "@awaitmq/core";
import { afterEach, describe, expect, test } from "vitest";
import * as patterns from "../src/index.ts";
import { json } from "../src/index.ts";

const opened: Socket[] = [];
afterEach(() => Promise.all(opened.splice(0).map((socket) => socket.close({ linger: 0 }))));

function open<S extends Socket>(socket: S): S {
  opened.push(socket);
  return socket;
}

/** Each helper with a socket and options that are of no type, as plain JavaScript may have them. */
const helpers: Record<
  string,
  { takes: () => Socket; refuses: () => unknown; options?: object; call: (socket: never, options: never) => unknown }
> = {
  serve: {
    takes: () => new Router(),
    refuses: () => open(new Push()),
    call: (socket, options) => patterns.serve(socket, () => null, options),
  },
  work: {
    takes: () => new Pull(),
    refuses: () => open(new Push()),
    call: (socket, options) => patterns.work(socket, () => null, options),
  },
  collect: {
    takes: () => new Pull(),
    refuses: () => open(new Push()),
    call: (socket, options) => patterns.collect(socket, options),
  },
  route: {
    takes: () => new Router(),
    refuses: () => open(new Dealer()),
    call: (socket, options) => patterns.route(socket, options),
  },
  balance: {
    takes: () => new Router(),
    refuses: () => open(new Dealer()),
    call: (socket, options) => patterns.balance(socket, socket, options),
  },
  serveBalanced: {
    takes: () => new Dealer(),
    refuses: () => open(new Router()),
    call: (socket, options) => patterns.serveBalanced(socket, () => null, options),
  },
  subscribe: {
    takes: () => new Subscriber(),
    refuses: () => open(new Pull()),
    options: { codec: json },
    call: (socket, options) => patterns.subscribe(socket, [""], options),
  },
  TopicPublisher: {
    takes: () => new XPublisher(),
    refuses: () => open(new Publisher()),
    options: { codec: json },
    call: (socket, options) => new patterns.TopicPublisher(socket, options),
  },
};

/** What a call throws, or rejects with. */
async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.each(Object.entries(helpers))("%s", (name, { takes, refuses, options = {}, call }) => {
  test("refuses another socket, naming itself and what it takes", async () => {
    for (const [wrong, got] of [
      [refuses(), / a (Push|Dealer|Router|Pull|Publisher)\b/],
      [undefined, "undefined"],
      [{}, "an object"],
      [5, "a number"],
    ] as const) {
      const error = await errorOf(() => call(wrong as never, options as never));
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toMatch(/ (takes|reads|publishes) .*, got /);
      expect(String(error)).toMatch(got);
    }
  });

  test("refuses options that are none, and one that it does not have", async () => {
    const socket = open(takes());
    for (const none of [null, false, 5])
      expect(String(await errorOf(() => call(socket as never, none as never)))).toBe(
        `TypeError: ${name} takes an object of options, got ${none === null ? null : typeof none}`,
      );
    const mistyped = await errorOf(() => call(socket as never, { ...options, retires: 3 } as never));
    expect(String(mistyped)).toBe(`TypeError: ${name} has no option "retires"`);
  });
});

describe("RequestClient", () => {
  const connect = "tcp://127.0.0.1:1";

  test.each([
    [undefined, "RequestClient takes an object of options, got undefined"],
    [{}, "connect must be an endpoint or an array of endpoints, got undefined. Is its environment variable set"],
    [
      { connect: undefined },
      "connect must be an endpoint or an array of endpoints, got undefined. Is its environment variable set",
    ],
    [{ connect: null }, "connect must be an endpoint or an array of endpoints, got null"],
    [{ connect: [] }, "connect must be an endpoint or an array of endpoints, got an empty array"],
    [{ connect: [connect, undefined] }, "connect must be endpoints as strings, got undefined at index 1"],
    [{ connect, waitForServer: "no" }, "waitForServer must be true or false, got string"],
    [{ connect, retires: 3 }, 'RequestClient has no option "retires"'],
    [{ connect, retry: false }, "retry takes an object of options, got boolean"],
    [{ connect, retry: 3 }, "retry takes an object of options, got number"],
    [{ connect, retry: { attempt: 3 } }, 'retry has no option "attempt"'],
    [{ connect, retry: { attempts: 1.5 } }, "retry.attempts must be a whole number, 1 or more, got 1.5"],
    [{ connect, hedge: 50 }, "hedge takes an object of options, got number"],
    [{ connect, hedge: null }, "hedge takes an object of options, got null"],
    [{ connect, hedge: 0 }, "hedge takes an object of options, got number"],
    [{ connect, hedge: {} }, "hedge.after must be a number of milliseconds, got undefined"],
    [{ connect, maxInFlight: 0 }, "maxInFlight must be a whole number, 1 or more, got 0"],
    [{ connect, maxPending: 0.5 }, "maxPending must be a whole number, 0 or more, got 0.5"],
    [{ connect, timeout: -1 }, "timeout must be 0 or more milliseconds, got -1"],
    [{ connect, socket: { hwm: 1 } }, 'Dealer has no option "hwm"'],
  ])("refuses the options %j", (options, message) => {
    expect(() => new patterns.RequestClient(options as never)).toThrow(message);
  });

  test.each([
    [null, "request takes an object of options, got null"],
    [5, "request takes an object of options, got number"],
    [{ timeOut: 5 }, 'request has no option "timeOut"'],
    [{ idempotent: 1 }, "idempotent must be true or false, got number"],
    [{ priority: 1.5 }, "priority must be a whole number, -128 to 127, got 1.5"],
    [{ signal: {} }, "signal must be an AbortSignal"],
  ])("refuses the options %j of a call, by its promise", async (options, message) => {
    await using client = new patterns.RequestClient({ connect });
    await expect(client.request("?", options as never)).rejects.toThrow(message);
  });
});
