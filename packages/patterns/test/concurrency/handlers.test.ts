/** A limited number of handlers, by priority and age. */

import { setImmediate as nextTurn } from "node:timers/promises";
import { eventually } from "@awaitmq/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Handlers } from "../../src/concurrency/handlers.ts";

/** How long handlers run: not at all, a microtask, a turn of the event loop, a timer. */
const lengths: readonly ((end: () => void) => void)[] = [
  (end) => end(),
  (end) => void Promise.resolve().then(end),
  (end) => void setImmediate(end),
  (end) => void setTimeout(end, 1),
];

const plan = fc.array(
  fc.record({
    length: fc.nat(lengths.length - 1),
    priority: fc.constantFrom(0, 0, 0, 0, 5, -5),
    pause: fc.constantFrom(false, false, false, true),
  }),
  { maxLength: 60 },
);

test("whatever comes when: no more run at once than may, all do, and in the end none is left", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), plan, async (concurrency, handlers) => {
      const limited = new Handlers(concurrency);
      let running = 0;
      let most = 0;
      let done = 0;
      for (const { length, priority, pause } of handlers) {
        limited.run((leave) => {
          most = Math.max(most, ++running);
          lengths[length]?.(() => {
            running -= 1;
            done += 1;
            leave();
          });
        }, priority);
        if (pause) await nextTurn();
      }
      await eventually(() => done === handlers.length, { interval: 1 });
      await nextTurn();
      expect(most).toBeLessThanOrEqual(concurrency);
      expect([limited.running, limited.waiting]).toEqual([0, 0]);
    }),
    { numRuns: 200 },
  );
});

const packets = fc.array(
  fc.record({
    handlers: fc.array(
      fc.record({ length: fc.nat(lengths.length - 1), priority: fc.constantFrom(0, 0, 0, 5, -5, 127) }),
      { minLength: 1, maxLength: 8 },
    ),
    together: fc.boolean(),
    pause: fc.boolean(),
  }),
  { maxLength: 15 },
);

test("whatever comes when: of those that wait the highest priority begins first, and of one the oldest", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(1, 2, 3, 8), packets, async (concurrency, arrivals) => {
      const limited = new Handlers(concurrency);
      const waiting = new Set<{ readonly priority: number }>();
      const jumped: unknown[] = [];
      let done = 0;
      for (const { handlers, together, pause } of arrivals) {
        const read = () => {
          for (const { length, priority } of handlers) {
            const mine = { priority };
            waiting.add(mine);
            limited.run((leave) => {
              // A set keeps the order of arrival.
              const [first] = [...waiting].sort((one, other) => other.priority - one.priority);
              if (first !== mine) jumped.push([first, mine]);
              waiting.delete(mine);
              lengths[length]?.(() => {
                done += 1;
                leave();
              });
            }, priority);
          }
        };
        if (together) limited.together(read);
        else read();
        if (pause) await nextTurn();
      }
      await eventually(() => done === arrivals.flatMap(({ handlers }) => handlers).length, { interval: 1 });
      expect(jumped).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test("those that come together begin when all are there, and before that only where they would be too many", () => {
  const begun: string[] = [];
  const limited = new Handlers(1);
  const run = (name: string, priority: number) =>
    limited.run((leave) => {
      begun.push(name);
      leave();
    }, priority);
  limited.together(() => {
    run("low", -5);
    run("zero", 0);
    expect(limited.isFull(2)).toBe(false);
    run("high", 5);
    expect(begun).toEqual([]);
    expect(limited.isFull(2)).toBe(false); // those that end at once have made room
    expect(begun).toEqual(["high", "zero", "low"]);
    run("late", -5);
    run("later", 5);
  });
  expect(begun).toEqual(["high", "zero", "low", "later", "late"]);
});

test("many short ones behind a long one overflow no stack", async () => {
  const limited = new Handlers(1);
  let end = () => {};
  let done = 0;
  limited.run((leave) => {
    end = leave;
  }, 0);
  for (let count = 0; count < 100_000; count++)
    limited.run((leave) => {
      done += 1;
      leave();
    }, 0);
  end();
  await eventually(() => done === 100_000);
  expect([limited.running, limited.waiting]).toEqual([0, 0]);
});
