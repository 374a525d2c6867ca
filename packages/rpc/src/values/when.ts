/** Goes on with a value at once if it is there. Most schemas are synchronous, and a promise takes a while. */

export function when<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
