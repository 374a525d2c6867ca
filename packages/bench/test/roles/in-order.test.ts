/** The check that every stream's client does. */

import { expect, test } from "vitest";
import { inOrder } from "../../src/roles/in-order.ts";

function reader(...ids: readonly number[]) {
  return async (_count: number, take: (quote: { id: number; symbol: string; bid: number; ask: number }) => unknown) => {
    for (const id of ids) await take({ id, symbol: "EUR", bid: 1, ask: 2 });
  };
}

test("a stream with each item once and in order passes", async () => {
  await inOrder(reader(0, 1, 2), 3);
});

test.each([
  ["an item is missing", [0, 2], "item 2 of EUR came where 1 of EUR was due"],
  ["an item came twice", [0, 0, 1], "item 0 of EUR came where 1 of EUR was due"],
  ["the stream ends early", [0, 1], "the stream had 2 items where 3 were due"],
  ["the stream goes on", [0, 1, 2, 3], "the stream had 4 items where 3 were due"],
])("it fails if %s", async (_, ids, message) => {
  await expect(inOrder(reader(...ids), 3)).rejects.toThrow(message);
});

test("the reader waits for its pace before the next item", async () => {
  let waits = 0;
  let pending = 0;
  const pace = async () => {
    expect(++pending).toBe(1);
    await Promise.resolve();
    pending -= 1;
    waits += 1;
  };
  await inOrder(reader(0, 1, 2), 3, pace);
  expect(waits).toBe(3);
});
