/** Both ends of a stream, held to a model of the protocol in sequences of any events. */

import { sized } from "@awaitmq/testing";
import fc from "fast-check";
import { test, vi } from "vitest";
import { ClientEnd } from "./client-end.ts";
import { type End, Player } from "./play.ts";
import { ServerEnd } from "./server-end.ts";
import { type Settings, settingsOf } from "./settings.ts";

vi.mock("@awaitmq/core/internals", async (original) => {
  const { turns } = await import("./turns.ts");
  return { ...(await original<object>()), turnIsOver: () => turns.isOver, nextTurn: () => turns.next() };
});

/** Of each end. */
const sequences = sized({ test: 10_000, soak: 500_000 });
const events = fc.array(fc.nat(2 ** 32 - 1), { maxLength: 40, size: "max" });

async function check(endOf: (settings: Settings) => End): Promise<void> {
  const holds = fc.asyncProperty(fc.nat(2 ** 32 - 1), events, (settings, sequence) =>
    new Player(endOf(settingsOf(settings))).play(sequence),
  );
  await fc.assert(holds, { numRuns: sequences });
}

test("whatever a client sends and a handler does, a server's stream keeps the rules and comes to rest", () =>
  check((settings) => new ServerEnd(settings)));

test("whatever a server sends and a reader does, a client's stream keeps the rules and comes to rest", () =>
  check((settings) => new ClientEnd(settings)));
