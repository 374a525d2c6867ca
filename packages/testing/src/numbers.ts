/** Numbers to send and to compare with received ones. */

/** Returns `count` whole numbers, starting with `first`. */
export function numbers(count: number, first = 0): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
