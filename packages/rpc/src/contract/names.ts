/** The names of contracts, methods and options. */

const longest = 128;
const longestPart = 64;

/** @throws TypeError */
export function checkContractName(name: unknown): void {
  if (typeof name !== "string") throw new TypeError(`The name of a contract must be a string, got ${shown(name)}`);
  const refuse = (rule: string) => new TypeError(`The name of a contract ${rule}, got ${shown(name)}`);
  if (name.length > longest) throw refuse(`has at most ${longest} characters, not ${name.length}`);
  const parts = name.split(".");
  for (const part of parts) {
    const rule = broken(part, /[^A-Za-z0-9_-]/u, 'letters, digits, "_", "-", and dots between its parts');
    if (rule !== undefined) throw refuse(parts.length === 1 ? rule : `with dots has parts, each of which ${rule}`);
  }
  if (parts[0] === "awaitmq")
    throw new TypeError(`The contract cannot be called ${name}: names that begin with awaitmq are reserved`);
}

/** @throws TypeError */
export function checkMethodName(contract: string, name: string): void {
  const rule = broken(name, /[^A-Za-z0-9_]/u, 'letters, digits and "_"');
  if (rule !== undefined)
    throw new TypeError(`The name of a method ${rule}, got ${shown(name)} in contract ${contract}`);
  // A client has a function of each name. One called `then` would make the client a promise.
  if (["then", "prototype", "toJSON"].includes(name) || name in Object.prototype)
    throw new TypeError(`A method of ${contract} cannot be called ${name}: JavaScript gives that name a meaning`);
}

/** The rule that a name breaks: where it begins, what it contains, how long it is. */
function broken(name: string, other: RegExp, characters: string): string | undefined {
  if (name === "") return "must not be empty";
  if (!/^[A-Za-z]/.test(name)) return "begins with a letter of A to Z or a to z";
  const wrong = other.exec(name)?.[0];
  if (wrong !== undefined) return `has only ${characters}, not ${JSON.stringify(wrong)}`;
  return name.length > longestPart ? `has at most ${longestPart} characters, not ${name.length}` : undefined;
}

/**
 * Refuses what is no object of options or properties, and misspelt names in it.
 *
 * @throws TypeError
 */
export function checkNames(what: string, given: unknown, names: readonly string[]): void {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new TypeError(`${what} must be an object, got ${shown(given)}`);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TypeError(`${what} must be one of ${names.join(", ")}, got "${unknown}"`);
}

/** Whether a value is an object that a literal or JSON made. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A wrong value in a sentence. Long strings are cut. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 100));
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "an array" : "an object";
}
