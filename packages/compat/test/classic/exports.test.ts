/** The members of the classic module: version, constants, states and classes. */

import { afterEach, describe, expect, test } from "vitest";
import zmq from "../../src/index.ts";
import { closeAll, open } from "../sockets.ts";

afterEach(closeAll);

/** By the version of the C library that had them first. */
const names = {
  "any version": [
    ...["PUB", "SUB", "REQ", "XREQ", "REP", "XREP", "DEALER", "ROUTER", "PUSH", "PULL", "PAIR"],
    ...["AFFINITY", "IDENTITY", "SUBSCRIBE", "UNSUBSCRIBE", "RCVTIMEO", "SNDTIMEO", "RATE", "RECOVERY_IVL"],
    ...["SNDBUF", "RCVBUF", "RCVMORE", "FD", "EVENTS", "TYPE", "LINGER", "RECONNECT_IVL", "RECONNECT_IVL_MAX"],
    ...["BACKLOG", "POLLIN", "POLLOUT", "POLLERR", "SNDMORE"],
  ],
  "version 2": ["HWM", "SWAP", "MCAST_LOOP", "RECOVERY_IVL_MSEC", "NOBLOCK"],
  "version 3": [
    ...["XPUB", "XSUB", "SNDHWM", "RCVHWM", "MAXMSGSIZE", "MULTICAST_HOPS"],
    ...["TCP_KEEPALIVE", "TCP_KEEPALIVE_CNT", "TCP_KEEPALIVE_IDLE", "TCP_KEEPALIVE_INTVL"],
    ...["IPV4ONLY", "DELAY_ATTACH_ON_CONNECT", "ROUTER_MANDATORY", "XPUB_VERBOSE", "TCP_ACCEPT_FILTER"],
    ...["LAST_ENDPOINT", "ROUTER_RAW"],
  ],
};

describe("the module", () => {
  test("has the version of the C library, in three numbers", () => {
    expect(zmq.version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test("makes pairs of CURVE keys that sockets take, each of 40 characters", () => {
    const { public: publicKey, secret } = zmq.curveKeypair();
    expect(publicKey).toMatch(/^\S{40}$/);
    expect(secret).toMatch(/^\S{40}$/);
    expect(secret).not.toBe(publicKey);
    expect(zmq.curveKeypair().secret).not.toBe(secret);
    const socket = open("rep", { curve_server: 0 });
    socket.curve_secretkey = secret;
    expect(socket.curve_secretkey).toBe(secret);
  });

  test.each(Object.entries(names))("has the constants of %s as numbers", (_, constants) => {
    for (const name of constants) {
      expect(zmq).toHaveProperty(`ZMQ_${name}`, expect.any(Number));
      expect(zmq).toHaveProperty(name, expect.any(Number));
    }
  });

  test("has three states, each with a number of its own", () => {
    const states: unknown[] = [zmq.STATE_READY, zmq.STATE_BUSY, zmq.STATE_CLOSED];
    for (const state of states) expect(state).toEqual(expect.any(Number));
    expect(new Set(states).size).toBe(3);
  });

  test("has the classes of sockets and contexts", () => {
    expect(zmq.Context).toBeTypeOf("function");
    expect(zmq.Socket).toBeTypeOf("function");
    expect(open("req")).toBeInstanceOf(zmq.Socket);
  });

  test("has a function that makes sockets", () => {
    expect(zmq.socket).toBeTypeOf("function");
  });
});
