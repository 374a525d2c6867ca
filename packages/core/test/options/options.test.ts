import { describe, expect, test } from "vitest";
import * as zmq from "zeromq";
import * as zmqDraft from "zeromq/lib/draft.js";
import * as core from "../../src/index.ts";
import * as drafts from "../../src/socket/draft-sockets.ts";

const stable = [
  "Request",
  "Reply",
  "Push",
  "Pull",
  "Publisher",
  "Subscriber",
  "XPublisher",
  "XSubscriber",
  "Dealer",
  "Router",
  "Pair",
  "Stream",
] as const;
const draft = ["Server", "Client", "Radio", "Dish", "Scatter", "Gather", "Datagram"] as const;

type AnySocket = core.Socket & Record<string, unknown>;
type SocketClass = new (options?: object) => AnySocket;

const classes = [
  ...stable.map((name) => ({ name, ...both({ ...core }, { ...zmq }, name) })),
  ...draft.map((name) => ({ name, ...both({ ...drafts }, { ...zmqDraft }, name) })),
];

function both<Name extends string>(
  ours: Record<Name, unknown>,
  theirs: Record<Name, { prototype: object }>,
  name: Name,
) {
  return { ours: ours[name] as SocketClass, native: theirs[name].prototype };
}

/** Accessors of zeromq's sockets that are not options: two of them are methods here, two are not needed. */
const notOptions = ["events", "readable", "writable"];

interface Access {
  readonly readable: boolean;
  readonly writable: boolean;
}

function accessors(prototype: object | null): Map<string, Access> {
  const found = new Map<string, Access>();
  for (let object = prototype; object !== null && object !== Object.prototype; object = Object.getPrototypeOf(object)) {
    for (const [name, { get, set }] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
      if ((get ?? set) !== undefined && !found.has(name))
        found.set(name, { readable: get !== undefined, writable: set !== undefined });
    }
  }
  return found;
}

/** A value other than the default, by option. */
const values: Record<string, unknown> = {
  affinity: 1,
  rate: 200,
  recoveryInterval: 5_000,
  linger: 123,
  reconnectInterval: 50,
  backlog: 33,
  reconnectMaxInterval: 1_000,
  maxMessageSize: 4_096,
  tcpKeepalive: 1,
  tcpKeepaliveCount: 5,
  tcpKeepaliveIdle: 60,
  tcpKeepaliveInterval: 10,
  immediate: "other",
  ipv6: true,
  plainServer: true,
  plainUsername: "user",
  plainPassword: "secret",
  curveServer: true,
  zapDomain: "domain",
  typeOfService: 16,
  handshakeInterval: 1_000,
  socksProxy: "127.0.0.1:1080",
  heartbeatInterval: 500,
  heartbeatTimeToLive: 700,
  heartbeatTimeout: 900,
  connectTimeout: 800,
  tcpMaxRetransmitTimeout: 600,
  multicastMaxTransportDataUnit: 1_200,
  interface: "lo",
  zapEnforceDomain: true,
  sendBufferSize: 65_536,
  sendHighWaterMark: 7,
  sendTimeout: 250,
  multicastHops: 3,
  maxPendingSends: 20,
  receiveBufferSize: 65_536,
  receiveHighWaterMark: 9,
  receiveTimeout: 350,
  routingId: "name",
  mandatory: "other",
  invertMatching: true,
};
/** Only in builds for virtual machines of VMware. */
const vmci = ["vmciBufferSize", "vmciBufferMinSize", "vmciBufferMaxSize", "vmciConnectTimeout"];
const keys = ["curvePublicKey", "curveSecretKey", "curveServerKey"];
/** A socket has one mechanism and one side of it; in one constructor with `plainUsername` these are overruled. */
const otherMechanism = ["plainServer", "curveServer"];
/** Not in this build, or for Windows only, or with values that are no plain ones: these have tests of their own. */
const apart = [...vmci, ...keys, "tcpAcceptFilter", "loopbackFastPath"];

describe.each(classes)("$name", ({ ours, native }) => {
  test("has every option of zeromq's class, as readable and as writable", async () => {
    const has = accessors(ours.prototype);
    const wanted = [...accessors(native)].filter(([name]) => !notOptions.includes(name));
    expect(wanted.length).toBeGreaterThan(45);
    expect(Object.fromEntries(wanted.map(([name]) => [name, has.get(name)]))).toEqual(Object.fromEntries(wanted));
  });

  test("has no option that zeromq's class lacks, but maxPendingSends where it sends", () => {
    const theirs = accessors(native);
    const extra = [...accessors(ours.prototype).keys()].filter((name) => !theirs.has(name));
    expect(extra.sort()).toEqual(theirs.has("sendTimeout") ? ["endpoints", "maxPendingSends"] : ["endpoints"]);
  });

  test("reads back every option that was set", async () => {
    await using socket = new ours();
    for (const [name, { readable, writable }] of accessors(ours.prototype)) {
      if (!readable || !writable || apart.includes(name)) continue;
      const before = socket[name];
      expect(values, `a value for ${name}`).toHaveProperty(name);
      const value = values[name] === "other" ? !before : values[name];
      expect(value, name).not.toEqual(before);
      Object.assign(socket, { [name]: value });
      expect(socket[name], name).toEqual(value);
    }
  });

  test("takes every option in its constructor", async () => {
    const options: Record<string, unknown> = {};
    {
      await using defaults = new ours();
      for (const [name, { readable, writable }] of accessors(ours.prototype)) {
        if (!readable || !writable || apart.includes(name) || otherMechanism.includes(name)) continue;
        options[name] = values[name] === "other" ? !defaults[name] : values[name];
      }
    }
    await using socket = new ours({ ...options, linger: 0 });
    for (const [name, value] of Object.entries({ ...options, linger: 0 })) expect(socket[name], name).toEqual(value);
  });

  test("takes every option that can only be written", async () => {
    await using socket = new ours();
    const writeOnly = [...accessors(ours.prototype)].filter(([, { readable }]) => !readable).map(([name]) => name);
    for (const name of writeOnly) {
      const value = { verbosity: "allSubs", welcomeMessage: Buffer.from([0xff, 1]) }[name] ?? true;
      expect(() => Object.assign(socket, { [name]: value }), name).not.toThrow();
      expect(() => Object.assign(socket, { [name]: Symbol(name) }), name).toThrow();
    }
  });
});

describe("options", () => {
  test("have zeromq's defaults, except those documented to differ", async () => {
    for (const { name, ours, native } of classes) {
      await using socket = new ours();
      const theirs = new (native.constructor as new () => zmq.Socket & Record<string, unknown>)();
      const differing: Record<string, unknown> = {};
      for (const [option, { readable }] of accessors(native)) {
        if (!readable || [...notOptions, ...apart, "context"].includes(option)) continue;
        // libzmq has no word for it: it is false.
        if (option === "mandatory") expect(() => theirs[option]).toThrow("Invalid argument");
        if ((option === "mandatory" ? false : theirs[option]) !== socket[option]) differing[option] = socket[option];
      }
      theirs.close();
      const documented = {
        handshakeInterval: 2_500,
        // As in libzmq: nobody waits for subscriptions that were not sent.
        ...(!["Subscriber", "XSubscriber"].includes(name) && { linger: 2_000 }),
        ...(["Push", "Dealer", "Request"].includes(name) && { immediate: true }),
        ...(name === "Router" && { mandatory: true }),
        ...(name === "XSubscriber" && { sendHighWaterMark: 0 }),
      };
      expect(differing, name).toEqual(documented);
    }
  });

  test("of CURVE are null until they are set, and then read back", async () => {
    await using push = new core.Push();
    expect(push.curvePublicKey).toBeNull();
    expect(push.curveSecretKey).toBeNull();
    expect(push.curveServerKey).toBeNull();
    const own = core.curveKeyPair();
    const server = core.curveKeyPair();
    push.curvePublicKey = own.publicKey;
    push.curveSecretKey = own.secretKey;
    push.curveServerKey = server.publicKey;
    expect(push.curvePublicKey).toBe(own.publicKey);
    expect(push.curveSecretKey).toBe(own.secretKey);
    expect(push.curveServerKey).toBe(server.publicKey);
    expect(push.securityMechanism).toBe("curve");
  });

  test("of a network filter read back what was set", async () => {
    await using pull = new core.Pull({ tcpAcceptFilter: "127.0.0.0/8" });
    expect(pull.tcpAcceptFilter).toBe("127.0.0.0/8");
    expect(() => {
      pull.tcpAcceptFilter = "no network";
    }).toThrow(RangeError);
    expect(pull.tcpAcceptFilter).toBe("127.0.0.0/8");
    pull.tcpAcceptFilter = null;
    expect(pull.tcpAcceptFilter).toBeNull();
  });

  test("of VMCI say that this build has none", async () => {
    await using push = new core.Push();
    for (const name of vmci) expect(() => (push as unknown as AnySocket)[name], name).toThrow(RangeError);
  });

  test("take a routing id of any bytes, and a peer knows the socket by it", async () => {
    await using router = new core.Router();
    const endpoint = await router.bind("tcp://127.0.0.1:*");
    const routingId = Buffer.from([0xff, 0xfe, 0x80, 1]);
    await using dealer = new core.Dealer({ routingId });
    dealer.connect(endpoint);
    await dealer.send("hello");
    const [from, body] = await router.receive();
    expect(from).toEqual(routingId);
    expect(String(body)).toBe("hello");
  });

  test("take a welcome message of any bytes, which each new subscriber gets first", async () => {
    const welcomeMessage = Buffer.from([0xff, 0x80, 0]);
    await using publisher = new core.XPublisher({ welcomeMessage });
    const endpoint = await publisher.bind("tcp://127.0.0.1:*");
    await using subscriber = new core.Subscriber();
    subscriber.subscribe(welcomeMessage);
    subscriber.connect(endpoint);
    const [subscription] = await publisher.receive();
    expect(subscription).toEqual(Buffer.concat([Buffer.from([1]), welcomeMessage]));
    expect(await subscriber.receive()).toEqual([welcomeMessage]);
  });

  test("given as undefined are left at their default", async () => {
    await using push = new core.Push({ sendHighWaterMark: undefined, linger: undefined });
    expect(push.sendHighWaterMark).toBe(1_000);
    expect(push.linger).toBe(2_000);
    await using router = new core.Router({ mandatory: undefined });
    expect(router.mandatory).toBe(true);
  });

  test("bound the queue as they say", async () => {
    await using push = new core.Push({ sendHighWaterMark: 3, immediate: false });
    await using pull = new core.Pull({ receiveHighWaterMark: 2 });
    const address = "inproc://awaitmq-options-queue";
    pull.bindSync(address);
    push.connect(address);
    let accepted = 0;
    await expect(
      (async () => {
        for (; accepted < 100; accepted++) await push.send("x", { timeout: 100 });
      })(),
    ).rejects.toThrow(core.TimeoutError);
    expect(accepted).toBe(5);
    expect(push.maxPendingSends).toBe(10_000);
  });

  test("bound the wait of each receive and send while no timeout is given", async () => {
    await using pull = new core.Pull({ receiveTimeout: 20 });
    await pull.bind("tcp://127.0.0.1:*");
    await expect(pull.receive()).rejects.toThrow(core.TimeoutError);
    await using push = new core.Push({ sendTimeout: 20 });
    await expect(push.send("to nobody")).rejects.toThrow(core.TimeoutError);
  });
});

describe("a wrong option", () => {
  test("of an unknown name is a TypeError that names it, and leaves no socket open", () => {
    expect(() => new core.Push({ hwm: 1 } as object)).toThrow(new TypeError('Push has no option "hwm"'));
    for (const none of [null, 5, "tcp://127.0.0.1:1"])
      expect(() => new core.Push(none as never)).toThrow(/^Push takes an object of options, got /);
    expect(() => new core.Pull({ sendHighWaterMark: 1 } as object)).toThrow(TypeError);
    expect(() => new core.Push({ maxPendingReceives: 1 } as object)).toThrow(TypeError);
  });

  test("that can't be set, a method or a state, is a TypeError", () => {
    for (const name of ["closed", "type", "lastEndpoint", "send", "endpoints", "constructor", "toString", "__proto__x"])
      expect(() => new core.Push({ [name]: 1 } as object), name).toThrow(TypeError);
  });

  test("of a wrong type is a TypeError that names it", async () => {
    expect(() => new core.Push({ sendHighWaterMark: "1000" } as object)).toThrow(/sendHighWaterMark/);
    expect(() => new core.Push({ sendHighWaterMark: "1000" } as object)).toThrow(TypeError);
    expect(() => new core.Push({ immediate: 1 } as object)).toThrow(TypeError);
    expect(() => new core.Push({ plainUsername: 5 } as object)).toThrow(TypeError);
    await using push = new core.Push();
    expect(() => Object.assign(push, { linger: "soon" })).toThrow(TypeError);
    expect(push.linger).toBe(2_000);
  });

  test("of a value that libzmq refuses is a RangeError that names it, and has libzmq's error as its cause", async () => {
    await using push = new core.Push();
    expect(() => {
      push.sendHighWaterMark = -5;
    }).toThrow(RangeError);
    try {
      push.plainUsername = "";
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      expect((error as Error).message).toContain("plainUsername");
      expect((error as Error).cause).toMatchObject({ code: "EINVAL" });
    }
  });

  test.each(["sendTimeout", "maxPendingSends"])(
    "%s that is no whole number is a RangeError, or a TypeError",
    async (name) => {
      for (const value of [1.5, -2, Number.NaN, Number.NEGATIVE_INFINITY])
        expect(() => new core.Push({ [name]: value } as object), String(value)).toThrow(RangeError);
      expect(() => new core.Push({ [name]: "10" } as object)).toThrow(TypeError);
    },
  );

  test.each([
    ["linger", [Number.NEGATIVE_INFINITY, Number.NaN, 2 ** 31, 2 ** 53, 1.5]],
    ["backlog", [2 ** 31, Number.NaN]],
    ["heartbeatInterval", [2 ** 32, 0.5]],
    ["affinity", [-1, 1.5, 2 ** 60]],
    ["maxMessageSize", [-2, Number.POSITIVE_INFINITY]],
    ["interface", ["lo\0x"]],
    ["plainPassword", ["a\0b"]],
  ] as const)("%s that zeromq would make another is a RangeError", async (name, values) => {
    await using push = new core.Push();
    const before = push[name];
    for (const value of values) {
      expect(() => new core.Push({ [name]: value } as object), String(value)).toThrow(RangeError);
      expect(() => Object.assign(push, { [name]: value }), String(value)).toThrow(RangeError);
    }
    expect(push[name]).toBe(before);
    for (const option of ["ioThreads", "maxMessageSize", "maxSockets"])
      expect(() => new core.Context({ [option]: 2 ** 31 })).toThrow(RangeError);
  });

  test("of Infinity is none, where there may be none", async () => {
    const none = Number.POSITIVE_INFINITY;
    await using push = new core.Push({ linger: none, sendTimeout: none, maxPendingSends: none });
    expect([push.linger, push.sendTimeout, push.maxPendingSends]).toEqual([-1, -1, none]);
    await push.close({ linger: 0 });
  });

  test("that is large and fits is taken", async () => {
    await using push = new core.Push({ maxMessageSize: 2 ** 40, affinity: 2 ** 40, linger: 2 ** 31 - 1 });
    expect([push.maxMessageSize, push.affinity, push.linger]).toEqual([2 ** 40, 2 ** 40, 2 ** 31 - 1]);
    await push.close();
  });

  test("of context is a TypeError", () => {
    expect(() => new core.Push({ context: {} } as object)).toThrow(TypeError);
    expect(() => new core.Push({ context: null } as object)).toThrow(TypeError);
  });
});

describe("an options object", () => {
  test("is never changed, frozen or not", async () => {
    const context = new core.Context();
    const options = { context, linger: 0, sendHighWaterMark: 5 };
    const frozen = Object.freeze({ ...options });
    await using first = new core.Push(options);
    await using second = new core.Push(options);
    await using third = new core.Push(frozen);
    expect(options).toEqual({ context, linger: 0, sendHighWaterMark: 5 });
    for (const socket of [first, second, third]) {
      expect(socket.context).toBe(context);
      expect(socket.sendHighWaterMark).toBe(5);
    }
  });

  test("is not kept: a change to it changes no socket", async () => {
    const options = { sendHighWaterMark: 5 };
    await using push = new core.Push(options);
    options.sendHighWaterMark = 6;
    expect(push.sendHighWaterMark).toBe(5);
  });
});

describe("a closed socket", () => {
  test("throws ClosedError for reading and setting any option", async () => {
    for (const { name, ours } of classes) {
      const socket = new ours();
      await socket.close();
      for (const [option, { readable, writable }] of accessors(ours.prototype)) {
        if (["context", "closed", "endpoints", "sendTimeout", "receiveTimeout", "maxPendingSends"].includes(option))
          continue;
        if (readable) expect(() => socket[option], `${name}.${option}`).toThrow(core.ClosedError);
        if (writable)
          expect(() => Object.assign(socket, { [option]: 1 }), `${name}.${option}`).toThrow(core.ClosedError);
      }
    }
  });

  test("throws ClosedError from every synchronous call and rejects it from every other", async () => {
    const subscriber = new core.Subscriber();
    const router = new core.Router();
    const dish = new drafts.Dish();
    await Promise.all([subscriber.close(), router.close(), dish.close()]);
    for (const call of [
      () => subscriber.subscribe("a"),
      () => subscriber.unsubscribe("a"),
      () => subscriber.connect("tcp://127.0.0.1:1"),
      () => subscriber.disconnect("tcp://127.0.0.1:1"),
      () => subscriber.bindSync("tcp://127.0.0.1:*"),
      () => subscriber.events(),
      () => router.connect("tcp://127.0.0.1:1", { routingId: "a" }),
      () => dish.join("a"),
      () => dish.leave("a"),
    ])
      expect(call, String(call)).toThrow(core.ClosedError);
    for (const promise of [
      subscriber.bind("tcp://127.0.0.1:*"),
      subscriber.unbind("tcp://127.0.0.1:1"),
      subscriber.receive(),
      subscriber.ready(),
      router.send(["a", "b"]),
    ])
      await expect(promise).rejects.toThrow(core.ClosedError);
    expect(subscriber.endpoints).toEqual([]);
    expect(subscriber.closed).toBe(true);
    expect(await subscriber.close()).toBeUndefined();
  });
});

test("maxMessageSize ends the connection of a peer that sends a larger frame, and bounds no sum of frames", async () => {
  await using pull = new core.Pull({ maxMessageSize: 1_000 });
  await using push = new core.Push({ linger: 0 });
  push.connect(await pull.bind("tcp://127.0.0.1:*"));
  await push.send(Array.from({ length: 100 }, () => Buffer.alloc(1_000)));
  expect(await pull.receive({ timeout: 100_000 })).toHaveLength(100);
  const ended = (async () => {
    for await (const { type } of pull.events()) if (type === "disconnect") return type;
    return undefined;
  })();
  await push.send(Buffer.alloc(1_001));
  expect(await ended).toBe("disconnect");
});
