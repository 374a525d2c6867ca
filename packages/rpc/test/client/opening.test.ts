/** How a stream opens whose schema refuses its input, or never answers. */

import { afterEach, expect, test } from "vitest";
import { contract, stream, type } from "../../src/index.ts";
import { all, closeAll, errorOf, scene } from "../scene.ts";
import { hanging, schemaOf } from "../schemas.ts";

afterEach(closeAll);

test("several readers of a stream with a wrong input check it once, and the first gets the error", async () => {
  let checks = 0;
  const refusing = schemaOf(() => {
    checks += 1;
    return { issues: [{ message: "is wrong" }] };
  });
  const { calls } = scene(contract("texts", { repeat: { input: refusing, output: stream(type<string>()) } }), {
    async *repeat() {},
  });
  const items = calls.repeat("a");
  const [first, second] = [errorOf(items.next()), items.next()];
  expect(await first).toMatchObject({ code: "ERR_SCHEMA", side: "input" });
  expect(await second).toEqual({ value: undefined, done: true });
  expect(checks).toBe(1);
});

test("leaving a stream ends its pending reads, although the schema of its input never answers", async () => {
  const { calls } = scene(contract("texts", { repeat: { input: hanging, output: stream(type<string>()) } }), {
    async *repeat() {},
  });
  const items = calls.repeat("hang");
  const pending = [items.next(), items.next()];
  await items.return();
  const over = { value: undefined, done: true };
  expect(await Promise.all(pending)).toEqual([over, over]);
});

test("an iterator of a handler may throw instead of rejecting, and give results without promises", async () => {
  const { calls } = scene(
    contract("texts", { repeat: { output: stream(type<number>()), errors: { EMPTY: type<undefined>() } } }),
    {
      repeat(_, { fail }) {
        let count = 0;
        const next = () => {
          if (count === 2) throw fail("EMPTY");
          return { value: count++, done: false };
        };
        return { [Symbol.asyncIterator]: () => ({ next: next as never }) };
      },
    },
  );
  const items = calls.repeat();
  expect([(await items.next()).value, (await items.next()).value]).toEqual([0, 1]);
  expect(await errorOf(all(items))).toMatchObject({ name: "Failure", code: "EMPTY" });
});
