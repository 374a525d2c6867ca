/** Running tasks live on without a reference to them. */

import { fixture, run } from "@awaitmq/testing";
import { expect, test } from "vitest";

const program = fixture("kept.mjs", import.meta.url);

test("what runs goes on when a program has kept no reference to it, and its sockets with it", async () => {
  const finished = await run(program, { execArgv: ["--expose-gc"] });
  expect(finished).toMatchObject({ code: 0, signal: null, stderr: "" });
  const kinds = ["serve", "serve a socket", "work", "collect", "balance", "a call", "subscribe"];
  expect(finished.stdout.trimEnd().split("\n")).toEqual(kinds.map((kind) => `${kind}: ok`));
});
