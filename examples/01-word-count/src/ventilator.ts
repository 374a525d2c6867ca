/** Hands out the tasks: one line of text a message, to whichever worker has room. */

import type { Push } from "@awaitmq/core";

/** Resolves to the number of lines when libzmq has accepted them all. It reads no faster than the workers count. */
export async function ventilate(tasks: Push, lines: AsyncIterable<string>, signal: AbortSignal): Promise<number> {
  let count = 0;
  for await (const line of lines) {
    await tasks.send(line, { signal });
    count += 1;
  }
  return count;
}
