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
