/** Sending all messages of a source, as fast as they are accepted. */

import { checkGiven } from "../waiting/option-table.ts";
import { orAbort } from "../waiting/or-abort.ts";
import { type StreamOptions, streamRules } from "../waiting/wait-options.ts";

interface Target<S> {
  send(message: S, options?: StreamOptions): Promise<void>;
}

export async function sendAll<S>(
  target: Target<S>,
  /** Aborted when the target closes. */
  closing: AbortSignal,
  source: Iterable<S> | AsyncIterable<S>,
  options: StreamOptions = {},
): Promise<number> {
  checkGiven("sendAll", streamRules, options);
  const { signal } = options;
  const iterator = iterate(source);
  let count = 0;
  try {
    for (;;) {
      for (const end of [closing, signal]) if (end?.aborted) throw end.reason;
      // One signal in the other: AbortSignal.any would keep an entry in both for each call.
      const step = await orAbort(orAbort(iterator.next(), closing), signal);
      if (step.done) return count;
      await target.send(step.value, { signal });
      count += 1;
    }
  } catch (error) {
    // Not awaited: a source that is itself waiting may never answer.
    void (async () => iterator.return?.())().catch(() => {});
    throw error;
  }
}

/** The source as `for await` sees it. */
function iterate<S>(source: Iterable<S> | AsyncIterable<S>): AsyncIterator<S> {
  if (typeof source !== "string" && !ArrayBuffer.isView(source)) {
    if (Symbol.asyncIterator in Object(source)) return (source as AsyncIterable<S>)[Symbol.asyncIterator]();
    if (Symbol.iterator in Object(source)) return awaited((source as Iterable<S>)[Symbol.iterator]());
  }
  throw new TypeError(
    `sendAll needs an iterable or async iterable of messages, got ${typeof source}. To send a single message, use send`,
  );
}

function awaited<S>(iterator: Iterator<S>): AsyncIterator<S> {
  return {
    async next() {
      const step = iterator.next();
      return step.done ? step : { value: await step.value, done: false };
    },
    async return() {
      return iterator.return?.() ?? { value: undefined, done: true };
    },
  };
}
