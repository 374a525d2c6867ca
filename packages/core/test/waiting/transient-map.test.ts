/** A map whose deleted entries a young collection frees. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { TransientMap } from "../../src/waiting/transient-map.ts";
import { TransientSet } from "../../src/waiting/transient-set.ts";

type Table = Pick<TransientMap<number, object>, "set" | "delete">;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as (options?: { type: "minor" }) => void;

/** Bytes that only a full garbage collection frees, after 20 000 entries have come and gone, 16 at a time. */
function left(table: Table): number {
  let begun = 0;
  const turnOver = () => {
    table.set(begun, { begun, body: new Array(10).fill(begun) });
    begun += 1;
    if (begun > 16) table.delete(begun - 17);
  };
  while (begun < 16) turnOver();
  // It has stood for a while when much begins to happen.
  collect();
  while (begun < 20_000) turnOver();
  for (let round = 0; round < 3; round++) collect({ type: "minor" });
  const before = process.memoryUsage().heapUsed;
  collect();
  return before - process.memoryUsage().heapUsed;
}

// When a Map leaves none any more, TransientMap is of no use.
test("what has left is garbage that a young collection frees, as it is not in a Map", () => {
  const [ofMap, ofTransientMap] = [left(new Map()), left(new TransientMap())];
  expect(ofMap).toBeGreaterThan(1.5e6);
  expect(ofTransientMap).toBeLessThan(ofMap / 4);
});

test("holds what a Map would, over many replacements", () => {
  const map = new TransientMap<number, string>();
  const model = new Map<number, string>();
  for (let step = 0; step < 20_000; step++) {
    map.set(step, `${step}`);
    model.set(step, `${step}`);
    // Three of four leave, of which the oldest is long there.
    if (step % 4 === 0) continue;
    const gone = step % 3 === 0 ? step : Math.floor(step / 2);
    expect(map.delete(gone)).toBe(model.delete(gone));
  }
  expect(map.delete(-1)).toBe(false);
  expect(map.size).toBe(model.size);
  expect(map.entries()).toEqual([...model]);
  expect(map.keys()).toEqual([...model.keys()]);
  expect(map.values()).toEqual([...model.values()]);
  expect(map.get(19_996)).toBe("19996");
  expect(map.has(19_999)).toBe(model.has(19_999));
});

test("gives all that was there when asked, while it is deleted", () => {
  const set = new TransientSet<number>();
  for (let item = 0; item < 5_000; item++) set.add(item);
  const seen: number[] = [];
  for (const item of set) {
    seen.push(item);
    set.delete(4_999 - item);
  }
  expect(seen).toHaveLength(5_000);
  expect(set.size).toBe(0);
});
