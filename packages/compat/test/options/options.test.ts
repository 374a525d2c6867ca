/** Options of classic sockets: defaults, values and types. */

import { eventually, freshInproc, freshTcp } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { optionNumbers } from "../../src/constants.ts";
import zmq from "../../src/index.ts";
import { closeAll, heard, open } from "../sockets.ts";

afterEach(closeAll);

describe("options", () => {
  test("begin as libzmq has them, not as core does", () => {
    const push = open("push");
    expect(push.linger).toBe(-1);
    expect(push.immediate).toBe(0);
    expect(open("router").router_mandatory).toBe(0);
    expect(open("sub").linger).toBe(-1);
    expect([push.rcvtimeo, push.sndtimeo]).toEqual([-1, -1]);
  });

  test.each([
    ["affinity", 1],
    ["backlog", 30],
    ["linger", 0],
    ["linger", 250],
    ["rate", 200],
    ["recovery_ivl", 5_000],
    ["reconnect_ivl", 5],
    ["reconnect_ivl_max", 50],
    ["maxmsgsize", 1_000],
    ["sndhwm", 1],
    ["rcvhwm", 2],
    ["sndbuf", 10_000],
    ["rcvbuf", 20_000],
    ["sndtimeo", 10],
    ["rcvtimeo", 10],
    ["multicast_hops", 2],
    ["ipv6", 1],
    ["ipv4only", 0],
    ["tcp_keepalive", 1],
    ["tcp_keepalive_cnt", 3],
    ["tcp_keepalive_idle", 4],
    ["tcp_keepalive_intvl", 5],
    ["immediate", 1],
    ["plain_server", 1],
    ["plain_username", "user"],
    ["plain_password", "secret"],
    ["zap_domain", "test"],
    ["curve_server", 1],
    ["heartbeat_ivl", 100],
    ["handshake_ivl", 1_000],
    ["connect_timeout", 100],
    ["identity", "me"],
  ] as const)("%s is a property, and is reached by name, number and constant: %s", (name, value) => {
    const dealer = open("dealer");
    expect(dealer.getsockopt(name)).toBe(dealer[name]);
    Object.assign(dealer, { [name]: value });
    expect(dealer[name]).toBe(value);
    const other = open("dealer", { [name]: value });
    expect(other.getsockopt(name)).toBe(value);
    const number = zmq.options[name];
    expect(open("dealer").setsockopt(number, value).getsockopt(number)).toBe(value);
    const constant = Object.entries(optionNumbers).find(([, each]) => each === number)?.[0] as string;
    expect(open("dealer").setsockopt(constant, value).getsockopt(constant)).toBe(value);
  });

  test("take bytes where the classic package took them", () => {
    const key = Buffer.from("7f188e5244b02bf497b86de417515cf4d4053ce4eb977aee91a55354655ec33a", "hex");
    const req = open("req", { identity: Buffer.from("me"), curve_serverkey: key, zap_domain: Buffer.from("test") });
    expect([req.identity, req.zap_domain]).toEqual(["me", "test"]);
    expect(req.curve_serverkey).toHaveLength(40);
    const pair = zmq.curveKeypair();
    req.curve_publickey = pair.public;
    req.curve_secretkey = Buffer.from(pair.secret);
    expect(req.mechanism).toBe(2);
    expect(() => (req.curve_serverkey = "short")).toThrow();
  });

  test("are those of a type, as libzmq decides", () => {
    const pull = open("pull", { sndhwm: 5, identity: "name", hwm: 7 });
    expect([pull.sndhwm, pull.rcvhwm, pull.identity]).toEqual([7, 7, "name"]);
    const invalid = expect.objectContaining({ code: "EINVAL", message: "Invalid argument" });
    expect(() => pull.setsockopt("router_mandatory", 1)).toThrow(invalid);
    expect(() => pull.subscribe("x")).toThrow(invalid);
    expect(() => pull.setsockopt("xpub_verbose", 1)).toThrow(invalid);
    expect(() => pull.swap).toThrow(invalid);
    expect(() => pull.getsockopt(9_999)).toThrow(invalid);
    expect(() => pull.setsockopt(9_999, 1)).toThrow(invalid);
    expect(() => pull.setsockopt("nonsense", 1)).toThrow(TypeError);
    expect(() => pull.setsockopt("linger", "soon")).toThrow("Value must be an integer");
    expect(() => pull.setsockopt("backlog", "many")).toThrow("Value must be an integer");
    expect(() => pull.setsockopt("identity", 5)).toThrow("Value must be a buffer");
    expect(() => pull.setsockopt("linger", -2)).toThrow();
    expect(() => pull.setsockopt("last_endpoint", "x")).toThrow("Invalid argument");
    for (const verbose of ["xpub_verbose", "xpub_verboser", "xpub_manual", "xpub_nodrop"])
      open("xpub").setsockopt(verbose, 1);
  });

  test("subscribe by method, by property, by name and at construction", async () => {
    const address = freshInproc();
    const xpub = open("xpub").bindSync(address);
    const told = heard(xpub);
    const sub = open("sub", { subscribe: "a" });
    sub.subscribe = "b" as never;
    sub.setsockopt("subscribe", "c").subscribe("d");
    sub.setsockopt(zmq.ZMQ_SUBSCRIBE, Buffer.from("e")).setsockopt("_subscribe", "f");
    sub.connect(address);
    await eventually(() => told.length === 6);
    expect(told.flat().sort()).toEqual([..."abcdef"].map((topic) => `\u0001${topic}`));
    sub.unsubscribe = "a" as never;
    await eventually(() => told.length === 7);
    expect(told[6]).toEqual(["\0a"]);
  });

  test("tell the state of a socket", async () => {
    const address = await freshTcp();
    const pull = open("pull").bindSync(address);
    expect(pull.last_endpoint).toBe(address);
    expect(pull.fd).toBeGreaterThan(2);
    expect(pull.ioevents).toBe(0);
    expect(pull.getsockopt(zmq.ZMQ_RCVMORE)).toBe(0);
    const inproc = freshInproc();
    open("pull").bindSync(inproc);
    expect(open("push").connect(inproc).getsockopt(zmq.ZMQ_EVENTS)).toBe(zmq.ZMQ_POLLOUT);
  });

  test("tell of a message that came for a listener who is paused since", async () => {
    const address = freshInproc();
    const pull = open("pull").bindSync(address);
    const messages = heard(pull);
    pull.pause();
    open("push").connect(address).send("x");
    await eventually(() => pull.ioevents === zmq.ZMQ_POLLIN);
    for (let turns = 0; turns < 10; turns++) await new Promise(setImmediate);
    expect(pull.ioevents).toBe(zmq.ZMQ_POLLIN);
    expect(pull.read()?.map(String)).toEqual(["x"]);
    expect(pull.ioevents).toBe(0);
    expect(messages).toEqual([]);
  });
});
