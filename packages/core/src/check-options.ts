/** Options by their names. */

/** @throws TypeError */
export function checkObject(of: string, options: unknown): void {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`${of} takes an object of options, got ${options === null ? "null" : typeof options}`);
}

/**
 * That options are an object, and have no other names than these: a mistyped one would be ignored without a word.
 *
 * @throws TypeError
 */
export function checkOptions<T extends object>(of: string, options: T, names: Readonly<Record<keyof T, true>>): void {
  checkObject(of, options);
  for (const name in options) if (!Object.hasOwn(names, name)) throw new TypeError(`${of} has no option "${name}"`);
}
