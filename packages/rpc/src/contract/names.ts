/** The names of contracts, methods and options. */

const part = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const method = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** @throws TypeError */
export function checkContractName(name: unknown): void {
  if (typeof name !== "string" || !name.split(".").every((each) => part.test(each)) || name.length > 128)
    throw new TypeError(
      `A contract's name has letters, digits, "_" and "-", and dots between its parts, got ${shown(name)}`,
    );
  if (name === "awaitmq" || name.startsWith("awaitmq."))
    throw new TypeError(`The contract cannot be called ${name}: names that begin with awaitmq are reserved`);
}

/** @throws TypeError */
export function checkMethodName(contract: string, name: string): void {
  if (!method.test(name))
    throw new TypeError(
      `The name of a method has letters, digits and "_", and begins with a letter, got ${shown(name)} in ${contract}`,
    );
  // A client has a function of each name. One called `then` would make the client a promise.
  if (name === "then" || name === "prototype" || name in Object.prototype)
    throw new TypeError(`A method of ${contract} cannot be called ${name}: JavaScript gives that name a meaning`);
}

/**
 * Refuses misspelt names.
 *
 * @throws TypeError
 */
export function checkNames(what: string, given: object, names: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TypeError(`${what} must be one of ${names.join(", ")}, got "${unknown}"`);
}

/** Whether a value is an object that a literal or JSON made. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function shown(name: unknown): string {
  return typeof name === "string" ? JSON.stringify(name.slice(0, 100)) : typeof name;
}
