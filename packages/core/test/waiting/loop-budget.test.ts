/** When a turn of the event loop is over, and who continues in the next. */

import { expect, test } from "vitest";
import { nextTurn, turnIsOver } from "../../src/waiting/loop-budget.ts";

function work(milliseconds: number): void {
  for (const began = performance.now(); performance.now() - began < milliseconds; );
}

test("a turn is over once its time is spent, and the next one begins with all of it", async () => {
  work(10);
  expect(turnIsOver()).toBe(true);
  await nextTurn();
  expect(turnIsOver()).toBe(false);
  work(10);
  expect(turnIsOver()).toBe(true);
});

test("the next turn comes after timers that are due", async () => {
  const order: string[] = [];
  setTimeout(() => order.push("timer"), 1);
  await nextTurn();
  work(5);
  await nextTurn();
  order.push("turn");
  expect(order).toEqual(["timer", "turn"]);
});

test("all who wait go on together, in the order in which they asked", async () => {
  const order: number[] = [];
  await Promise.all(
    [0, 1, 2].map(async (index) => {
      await nextTurn();
      order.push(index);
    }),
  );
  expect(order).toEqual([0, 1, 2]);
  expect(nextTurn()).toBe(nextTurn());
});
