/** What every transport has to carry. */

import { expect } from "vitest";
import type { Pull, Push } from "../../src/index.ts";

/** Sends both small and large, so that more than one write is needed, from `push` to `pull`. */
export async function expectPassage(push: Push, pull: Pull): Promise<void> {
  const large = Buffer.alloc(300_000, "large");
  await push.send(["small", ""]);
  await push.send([large, "end"]);
  expect((await pull.receive()).map(String)).toEqual(["small", ""]);
  const [body, end] = await pull.receive();
  expect(body.equals(large)).toBe(true);
  expect(String(end)).toBe("end");
}
