/** A queue by priority and age. */

import { numbers } from "@awaitmq/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Tiers } from "../../src/concurrency/tiers.ts";

interface Item {
  readonly priority: number;
  readonly arrival: number;
}

/** As tiers should order them. */
const inOrder = (items: readonly Item[]) =>
  [...items].sort((one, other) => other.priority - one.priority || one.arrival - other.arrival);

test("whatever comes and goes when: the highest priority leaves first, and of one the oldest", () => {
  const steps = fc.array(fc.option(fc.constantFrom(0, 0, 5, -5, 127, -128), { nil: undefined }), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (priorities) => {
      const tiers = new Tiers<Item>();
      let waiting: Item[] = [];
      for (const [arrival, priority] of priorities.entries()) {
        if (priority !== undefined) {
          tiers.enqueue({ priority, arrival }, { priority });
          waiting = inOrder([...waiting, { priority, arrival }]);
        } else expect(tiers.dequeue()).toEqual(waiting.shift());
        expect(tiers.size).toBe(waiting.length);
      }
      for (const priority of [0, 5])
        expect(tiers.filter({ priority })).toEqual(waiting.filter((item) => item.priority === priority));
      const drained: Item[] = [];
      tiers.drain((item, priority) => drained.push({ ...item, priority }));
      expect(drained).toEqual(waiting);
      expect([tiers.size, tiers.dequeue()]).toEqual([0, undefined]);
    }),
  );
});

test("a long queue of one priority that never empties keeps its order", () => {
  const tiers = new Tiers<number>();
  const left: (number | undefined)[] = [];
  for (let item = 0; item < 10_000; item++) {
    tiers.enqueue(item);
    if (item > 100) left.push(tiers.dequeue());
  }
  tiers.drain((item) => left.push(item));
  expect(left).toEqual(numbers(10_000));
});

test("an item keeps its priority", () => {
  expect(() => new Tiers().setPriority()).toThrow(expect.objectContaining({ code: "ERR_UNSUPPORTED" }));
});
