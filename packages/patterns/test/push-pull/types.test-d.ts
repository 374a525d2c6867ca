/** What a handler gets and gives, and what a collector gives, checked by the compiler alone. */

import type { Handle, Message, Pull, Push, ReceivingSocket } from "@awaitmq/core";
import { pack, unpack } from "msgpackr";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import { codec, collect, json, text, type ValueCollectOptions, type WorkStats, work } from "../../src/index.ts";

declare const pull: Pull;
declare const push: Push;
declare const numbers: ReceivingSocket<number>;

async function firstOf<T>(stream: AsyncIterable<T>): Promise<T> {
  for await (const value of stream) return value;
  throw new Error("The stream ended");
}

interface Sum {
  readonly a: number;
  readonly b: number;
}

const schema = z.object({ at: z.string().transform((at) => new Date(at)) });

// ---- Frames are the default.

work(pull, (task) => expectTypeOf(task).toEqualTypeOf<Message>() && "result", { results: push });
work(numbers, (task, { signal, attempt }) => {
  expectTypeOf(task).toEqualTypeOf<number>();
  expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
  expectTypeOf(attempt).toEqualTypeOf<number>();
});
expectTypeOf(work("tcp://127.0.0.1:1", async () => {})).toEqualTypeOf<Handle<WorkStats>>();
expectTypeOf(await firstOf(collect(pull))).toEqualTypeOf<Message>();
expectTypeOf(await firstOf(collect(numbers))).toEqualTypeOf<number>();

declare const either: Pull | string;
work(either, (task) => expectTypeOf(task).toEqualTypeOf<Message>() && "result");
expectTypeOf(await firstOf(collect(either))).toEqualTypeOf<Message>();

// ---- With a codec they are values, and with a schema what it gives.

work(
  pull,
  (task) => {
    expectTypeOf(task).toEqualTypeOf<string>();
    return `${task}!`;
  },
  { codec: text, results: push },
);
work(
  ["tcp://127.0.0.1:1"],
  ({ at }) => {
    expectTypeOf(at).toEqualTypeOf<Date>();
    return { at };
  },
  {
    codec: json,
    schema,
    onTaskError(_error, task) {
      expectTypeOf(task).toEqualTypeOf<Message>();
      return "skip";
    },
  },
);
work(
  pull,
  (task) => {
    expectTypeOf(task).toEqualTypeOf<unknown>();
    return task;
  },
  { codec: json, onTaskError: (error) => ({ failed: String(error) }) },
);
// The type of the parameter may say more than the codec knows.
work("tcp://127.0.0.1:1", ({ a, b }: Sum) => (a < b ? undefined : a - b), { codec: json });
work("tcp://127.0.0.1:1", async ({ a, b }: Sum) => ({ sum: a + b }), { codec: json, concurrency: 2 });
work(pull, ({ a, b }: Sum) => ({ a: b, b: a }), { codec: codec<Sum>(pack, unpack) });
expectTypeOf(await firstOf(collect(pull, { codec: json }))).toEqualTypeOf<unknown>();
expectTypeOf(await firstOf(collect(pull, { codec: codec<Sum>(pack, unpack) }))).toEqualTypeOf<Sum>();
expectTypeOf(await firstOf(collect(pull, { codec: text }))).toEqualTypeOf<string>();
expectTypeOf(await firstOf(collect("tcp://127.0.0.1:*", { codec: json, schema }))).toEqualTypeOf<{ at: Date }>();

declare const reading: ValueCollectOptions<Sum>;
expectTypeOf(await firstOf(collect(pull, reading))).toEqualTypeOf<Sum>();

export async function refused() {
  // @ts-expect-error: text gives no number.
  collect<number>(pull, { codec: text });
  // @ts-expect-error: the same for tasks,
  work<number, string>(pull, () => "", { codec: text });
  // @ts-expect-error: and for results: it has no bytes for what may be a number.
  work<string, string | number>(pull, () => 5, { codec: text });
  // @ts-expect-error
  work<unknown, unknown>(pull, () => 5, { codec: text });
  // @ts-expect-error: frames arrive where there is no codec.
  work("tcp://127.0.0.1:1", ({ a, b }: Sum) => String(a + b));
  // @ts-expect-error
  work(pull, ({ a, b }: Sum) => String(a + b));
  // @ts-expect-error
  work<Sum>("tcp://127.0.0.1:1", ({ a, b }) => String(a + b));
  // @ts-expect-error
  collect<Sum>("tcp://127.0.0.1:*");
  // @ts-expect-error
  collect<Sum>(pull);
  // @ts-expect-error: text gives no number.
  work(pull, (task: number) => String(task), { codec: text });
  // @ts-expect-error: the schema gives no string.
  work(pull, (task: string) => task, { codec: json, schema });
  // @ts-expect-error: text has no bytes for a number.
  work(pull, (task) => task, { codec: text, onTaskError: () => 5 });
  // @ts-expect-error: nothing says what json decodes.
  collect<Sum>(pull, { codec: json });
  // @ts-expect-error: a schema needs a codec.
  work(pull, () => {}, { schema });
  // @ts-expect-error: text has no bytes for a number.
  work(pull, () => 5, { codec: text, results: push });
  // @ts-expect-error: a Push gives no tasks.
  work(push, () => {});
  // @ts-expect-error: a schema needs a codec.
  collect(pull, { schema });
  // @ts-expect-error: results are sent, and a Pull sends nothing.
  work(pull, () => "a", { results: pull });
  work({ bind: "tcp://127.0.0.1:*", socket: { receiveHighWaterMark: 1 } }, () => "a", {
    results: { connect: "tcp://127.0.0.1:1", socket: { sendHighWaterMark: 1 } },
  });
  // @ts-expect-error: of a Push.
  work({ bind: "tcp://127.0.0.1:*", socket: { sendHighWaterMark: 1 } }, () => "a");
}
