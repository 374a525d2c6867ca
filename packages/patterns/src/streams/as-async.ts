/** An iterable of any kind as an async iterable. */

export function asAsync<T>(items: Iterable<T> | AsyncIterable<T>): AsyncIterable<T> {
  return Symbol.asyncIterator in items ? items : iterate(items);
}

/** Awaits items that are promises, as `for await` does. */
async function* iterate<T>(items: Iterable<T>): AsyncGenerator<T, void> {
  yield* items;
}
