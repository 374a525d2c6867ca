/** Creating a socket, its type, its options and its close. */

import { run } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import zmq from "../../src/index.ts";
import { closeAll, open } from "../sockets.ts";

afterEach(closeAll);

describe("a socket", () => {
  test("is made by zmq.socket, of which zmq.createSocket is another name", () => {
    expect(zmq.createSocket).toBe(zmq.socket);
  });

  test("knows its type and how to close", () => {
    const socket = open("req");
    expect(socket.type).toBe("req");
    expect(socket.close).toBeTypeOf("function");
  });

  test("sets and tells an option by its number", () => {
    const socket = open("req");
    expect(socket.getsockopt(zmq.ZMQ_BACKLOG)).not.toBe(75);
    expect(socket.setsockopt(zmq.ZMQ_BACKLOG, 75)).toBe(socket);
    expect(socket.getsockopt(zmq.ZMQ_BACKLOG)).toBe(75);
    socket.setsockopt(zmq.ZMQ_BACKLOG, 100);
    expect(socket.getsockopt(zmq.ZMQ_BACKLOG)).toBe(100);
  });

  test("sets and tells an option by its name, and as its own property", () => {
    const socket = open("req");
    expect(socket.getsockopt("backlog")).not.toBe(75);
    expect(socket.setsockopt("backlog", 75)).toBe(socket);
    expect(socket.getsockopt("backlog")).toBe(75);
    expect(socket.backlog).toBe(75);
    socket.backlog = 50;
    expect(socket.backlog).toBe(50);
    expect(socket.getsockopt(zmq.ZMQ_BACKLOG)).toBe(50);
  });

  test("closes, and may be closed again", () => {
    const socket = open("req");
    expect(socket.closed).toBe(false);
    socket.close();
    expect(socket.closed).toBe(true);
    expect(() => socket.close()).not.toThrow();
  });

  test("takes options when it is made", () => {
    expect(open("req", { backlog: 30 }).backlog).toBe(30);
  });

  // `ulimit` is the shell's.
  test.skipIf(process.platform === "win32")(
    "for which the system has no descriptor left is an error that a program can catch",
    async () => {
      const { code, stdout, stderr } = await run(new URL("./fixtures/many-sockets.mjs", import.meta.url), {
        command: "sh",
        execArgv: ["-c", 'ulimit -n 300 && exec "$0" "$@"', process.execPath],
      });
      expect(stderr).toBe("");
      expect(code).toBe(0);
      const { opened, failure, again } = JSON.parse(stdout);
      expect(opened).toBeGreaterThan(0);
      expect(opened).toBeLessThan(300);
      expect(failure).toEqual({ isError: true, message: "Too many open files", code: "EMFILE" });
      expect(again).toBe(true);
    },
  );
});
