/** The check of every stream's client: each item came once and in order. */

import type { ReadStream } from "../peers/peer.ts";

/** Reads a stream to its end. `pace` makes the reader wait before the next item. */
export async function inOrder(
  read: ReadStream,
  count: number,
  pace?: () => Promise<unknown> | undefined,
): Promise<void> {
  let next = 0;
  await read(count, ({ id, symbol }) => {
    if (id !== next || symbol !== "EUR") throw new Error(`item ${id} of ${symbol} came where ${next} of EUR was due`);
    next += 1;
    return pace?.();
  });
  if (next !== count) throw new Error(`the stream had ${next} items where ${count} were due`);
}
