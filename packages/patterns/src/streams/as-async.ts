/** An iterable of any kind as an async iterable. */

export function asAsync<T>(items: Iterable<T> | AsyncIterable<T>): AsyncIterable<T> {
  return Symbol.asyncIterator in items ? items : { [Symbol.asyncIterator]: () => fromSync(items[Symbol.iterator]()) };
}

/** Awaits items that are promises, as `for await` does. `return` reaches the iterator although no item was taken. */
function fromSync<T>(iterator: Iterator<T>): AsyncIterator<Awaited<T>, undefined> {
  const over = { value: undefined, done: true } as const;
  return {
    async next() {
      const { value, done } = iterator.next();
      if (done === true) return over;
      try {
        return { value: await value, done: false };
      } catch (error) {
        iterator.return?.();
        throw error;
      }
    },
    async return() {
      iterator.return?.();
      return over;
    },
  };
}
