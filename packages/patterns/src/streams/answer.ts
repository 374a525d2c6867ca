/** What a handler gives: one reply or a stream of them. */

import { UnsupportedError } from "@awaitmq/core";
import { guardReadable, releaseReadable } from "./readable.ts";

/**
 * A reply, a promise of it, or a stream of replies: an async iterable, such as an async generator.
 *
 * @category Request and reply
 */
export type Answer<Reply> = Reply | AsyncIterable<Reply> | Promise<Reply | AsyncIterable<Reply>>;

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** The error of a request whose handler streams its replies. */
export function needsStream(): UnsupportedError {
  return new UnsupportedError("The handler streams its replies. Call `stream` instead of `request`");
}

/** Closes items that nobody reads, so that a generator releases what it holds. */
export async function closeUnread(items: AsyncIterable<unknown>): Promise<void> {
  // Nobody reads it, so nobody needs its error.
  guardReadable(items, () => {});
  await items[Symbol.asyncIterator]().return?.();
  releaseReadable(items);
}
