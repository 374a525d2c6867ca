/** Numbers to send, and to compare with what came. */

/** So many whole numbers, from `first` on. */
export function numbers(count: number, first = 0): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
