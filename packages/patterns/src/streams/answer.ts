/** What a handler gives: one reply or a stream of them. */

/**
 * A reply, a promise of it, or a stream of replies: an async iterable, such as an async generator.
 *
 * @category Request and reply
 */
export type Answer<Reply> = Reply | AsyncIterable<Reply> | Promise<Reply | AsyncIterable<Reply>>;

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
