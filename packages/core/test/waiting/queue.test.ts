/** A queue from whose middle items can leave. */

import { seeded } from "@awaitmq/testing/seeded";
import { expect, test } from "vitest";
import { type Link, Queue } from "../../src/waiting/queue.ts";

interface Item extends Link<Item> {
  readonly name: number;
}

const item = (name: number): Item => ({ name });
const names = (queue: Queue<Item>) => [...queue].map(({ name }) => name);

test("gives items in the order in which they came", () => {
  const queue = new Queue<Item>();
  for (const name of [1, 2, 3]) queue.push(item(name));
  expect(queue.size).toBe(3);
  expect(queue.first?.name).toBe(1);
  expect([queue.shift()?.name, queue.shift()?.name, queue.shift()?.name]).toEqual([1, 2, 3]);
  expect(queue.shift()).toBeUndefined();
  expect(queue.first).toBeUndefined();
  expect(queue.size).toBe(0);
});

test("takes items at the front", () => {
  const queue = new Queue<Item>();
  queue.unshift(item(2));
  queue.unshift(item(1));
  queue.push(item(3));
  expect(names(queue)).toEqual([1, 2, 3]);
});

test("lets the first, a middle, the last and the only item leave", () => {
  const queue = new Queue<Item>();
  const items = [0, 1, 2, 3].map(item);
  for (const each of items) queue.push(each);
  queue.remove(items[1]!);
  expect(names(queue)).toEqual([0, 2, 3]);
  queue.remove(items[3]!);
  expect(names(queue)).toEqual([0, 2]);
  queue.remove(items[0]!);
  expect(names(queue)).toEqual([2]);
  queue.remove(items[2]!);
  expect(names(queue)).toEqual([]);
  queue.push(items[1]!);
  expect(names(queue)).toEqual([1]);
});

test("lets the item just given leave while iterating", () => {
  const queue = new Queue<Item>();
  for (const name of [0, 1, 2, 3, 4]) queue.push(item(name));
  const seen: number[] = [];
  for (const each of queue) {
    seen.push(each.name);
    if (each.name % 2 === 0) queue.remove(each);
  }
  expect(seen).toEqual([0, 1, 2, 3, 4]);
  expect(names(queue)).toEqual([1, 3]);
});

test("an item moves from one queue to another", () => {
  const from = new Queue<Item>();
  const to = new Queue<Item>();
  const moving = item(1);
  from.push(item(0));
  from.push(moving);
  from.push(item(2));
  to.push(item(9));
  from.remove(moving);
  to.push(moving);
  expect(names(from)).toEqual([0, 2]);
  expect(names(to)).toEqual([9, 1]);
});

test("holds what an array would hold, over 20 000 random steps", () => {
  const random = seeded();
  const queue = new Queue<Item>();
  const model: Item[] = [];
  for (let step = 0; step < 20_000; step++) {
    const choice = random.below(5);
    if (choice < 2) {
      const each = item(step);
      queue.push(each);
      model.push(each);
    } else if (choice === 2) {
      const each = item(step);
      queue.unshift(each);
      model.unshift(each);
    } else if (choice === 3) {
      expect(queue.shift()).toBe(model.shift());
    } else if (model.length > 0) {
      const [each] = model.splice(random.below(model.length), 1);
      queue.remove(each!);
    }
    expect(queue.size).toBe(model.length);
    expect(queue.first).toBe(model[0]);
    if (step % 100 === 0) expect([...queue]).toEqual(model);
  }
  expect([...queue]).toEqual(model);
});
