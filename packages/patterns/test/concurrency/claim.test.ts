/** One reader at a time per socket. */

import { ClosedError, Pull } from "@awaitmq/core";
import { expect, test } from "vitest";
import { claim } from "../../src/concurrency/claim.ts";
import { InUseError } from "../../src/index.ts";

test("a socket has one reader at a time, which the error names, and another when that has let go of it", async () => {
  await using socket = new Pull();
  await using other = new Pull();
  const release = claim(socket, "serve");
  expect(() => claim(socket, "route")).toThrow(InUseError);
  expect(() => claim(socket, "route")).toThrow("Cannot route: serve already reads this socket");
  claim(other, "route")();
  release();
  claim(socket, "route")();
});

test("a socket that is closed has none", async () => {
  const socket = new Pull();
  await socket.close();
  expect(() => claim(socket, "serve")).toThrow(ClosedError);
});
