/** What a handler gets and gives, and what a collector gives, checked by the compiler alone. */

import type { Handle, Message, Pull, Push, ReceivingSocket } from "@awaitmq/core";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import { collect, json, text, type WorkStats, work } from "../../src/index.ts";

declare const pull: Pull;
declare const push: Push;
declare const numbers: ReceivingSocket<number>;

async function firstOf<T>(stream: AsyncIterable<T>): Promise<T> {
  for await (const value of stream) return value;
  throw new Error("The stream ended");
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
expectTypeOf(await firstOf(collect(pull, { codec: text }))).toEqualTypeOf<string>();
expectTypeOf(await firstOf(collect("tcp://127.0.0.1:*", { codec: json, schema }))).toEqualTypeOf<{ at: Date }>();

export async function refused() {
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
