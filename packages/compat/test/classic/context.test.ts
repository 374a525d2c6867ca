/** The context's numbers of I/O threads and sockets. */

import { afterEach, describe, expect, test } from "vitest";
import zmq from "../../src/index.ts";

describe("the context", () => {
  const threads = zmq.Context.getMaxThreads();
  const sockets = zmq.Context.getMaxSockets();

  afterEach(() => {
    zmq.Context.setMaxThreads(threads);
    zmq.Context.setMaxSockets(sockets);
  });

  test("tells the number of I/O threads that was set", () => {
    zmq.Context.setMaxThreads(3);
    expect(zmq.Context.getMaxThreads()).toBe(3);
    zmq.Context.setMaxThreads(1);
    expect(zmq.Context.getMaxThreads()).toBe(1);
  });

  test("tells the number of sockets that was set", () => {
    expect(sockets).toBe(1_023);
    expect(new zmq.Context().getOpt(zmq.ZMQ_MAX_SOCKETS)).toBe(1_023);
    zmq.Context.setMaxSockets(256);
    expect(zmq.Context.getMaxSockets()).toBe(256);
    zmq.Context.setMaxSockets(sockets);
    expect(zmq.Context.getMaxSockets()).toBe(sockets);
  });
});
