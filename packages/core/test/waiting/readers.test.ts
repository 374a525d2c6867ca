/** Waiting readers: order, leaving and owners. */

import { expect, test } from "vitest";
import { type Reader, Readers } from "../../src/waiting/readers.ts";

/** A reader, and what it was told. */
function reader(owner?: object) {
  const told: unknown[] = [];
  const waits: Reader<string> = {
    resolve: (item) => told.push(item),
    reject: (error) => told.push(error),
    owner,
    earliest: 0,
    waiting: true,
    previous: undefined,
    next: undefined,
  };
  return Object.assign(waits, { told });
}

test("are served in the order of their calls, and wait no more then", () => {
  const readers = new Readers<string>();
  const [first, second] = [reader(), reader()];
  readers.push(first);
  readers.push(second);
  expect([readers.size, readers.first, readers.last]).toEqual([2, first, second]);
  expect(readers.shift()).toBe(first);
  expect([first.waiting, second.waiting, readers.size]).toEqual([false, true, 1]);
  expect(readers.shift()).toBe(second);
  expect(readers.shift()).toBeUndefined();
});

test("may leave before their turn, which leaves the order of the others", () => {
  const readers = new Readers<string>();
  const all = [reader(), reader(), reader()] as const;
  for (const one of all) readers.push(one);
  readers.remove(all[1]);
  expect(all[1].waiting).toBe(false);
  expect([readers.shift(), readers.shift(), readers.shift()]).toEqual([all[0], all[2], undefined]);
});

test("without an owner are patient, however they go", () => {
  const readers = new Readers<string>();
  const [patient, other, owned] = [reader(), reader(), reader({})];
  readers.push(owned);
  expect(readers.hasPatient).toBe(false);
  readers.push(patient);
  readers.push(other);
  readers.remove(patient);
  expect(readers.hasPatient).toBe(true);
  readers.shift();
  expect(readers.hasPatient).toBe(true);
  readers.shift();
  expect(readers.hasPatient).toBe(false);
});

test("of one owner are found, and may be removed meanwhile", () => {
  const readers = new Readers<string>();
  const owner = {};
  const all = [reader(owner), reader({}), reader(owner), reader()];
  for (const one of all) readers.push(one);
  const found = [];
  for (const one of readers.of(owner)) {
    readers.remove(one);
    found.push(one);
  }
  expect(found).toEqual([all[0], all[2]]);
  expect(readers.size).toBe(2);
});

test("are all told of an error, but for those that come because of it", () => {
  const readers = new Readers<string>();
  const late = reader();
  const asksAgain = { ...reader(), reject: () => readers.push(late) };
  const last = reader();
  readers.push(asksAgain);
  readers.push(last);
  const error = new Error("told");
  readers.rejectAll(error);
  expect(last.told).toEqual([error]);
  expect(late.told).toEqual([]);
  expect([readers.size, readers.first]).toEqual([1, late]);
});
