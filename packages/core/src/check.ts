/** Checks of arguments, before anything begins. */

import { setMaxListeners } from "node:events";

/** The largest value of libzmq's options and of Node's timers. */
export const largestInt32 = 2 ** 31 - 1;

/**
 * Checks that options are an object that was meant as options. A socket, an array or a Map would otherwise be read as no options at all, and
 * so as no keys.
 *
 * @throws TypeError
 */
export function checkObject(of: string, options: unknown, names: Readonly<Record<string, unknown>> = {}): void {
  if (typeof options === "object" && options !== null && (isPlain(options) || bringsAny(options, names))) return;
  const what = typeof options === "object" ? nameOf(options) : typeof options;
  throw new TypeError(`${of} takes an object of options, got ${what}`);
}

/** Whether it is a plain object, of any realm: its prototype is the last one. */
function isPlain(options: object): boolean {
  const prototype = Object.getPrototypeOf(options);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether an instance of a class has any of the options, such as an AbortController with its signal. */
function bringsAny(options: object, names: Readonly<Record<string, unknown>>): boolean {
  if (Array.isArray(options)) return false;
  if (Object.keys(options).length > 0) return true;
  for (const name in names) if (name in options) return true;
  return false;
}

/**
 * Checks that options are an object with no other names than these. A misspelt name would be silently ignored.
 *
 * @throws TypeError
 */
export function checkOptions<T extends object>(
  of: string,
  options: T,
  names: Readonly<Record<keyof T, unknown>>,
): void {
  checkObject(of, options, names);
  // Inherited names may have another purpose, such as `abort` of an AbortController that is passed for its signal.
  for (const name in options)
    if (!Object.hasOwn(names, name) && Object.hasOwn(options, name))
      throw new TypeError(`${of} has no option "${name}"`);
}

/** @throws TypeError, RangeError */
export function checkWhole(name: string, value: unknown, least: number, most = Number.POSITIVE_INFINITY): void {
  if (typeof value !== "number") throw new TypeError(`${name} must be a whole number, got ${typeof value}`);
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name} must be a whole number, ${range(least, most)}, got ${value}`);
}

/** Like `checkWhole`, but also accepts Infinity. @throws TypeError, RangeError */
export function checkBound(name: string, value: unknown, least: number): void {
  if (value !== Number.POSITIVE_INFINITY) checkWhole(name, value, least);
}

/** @throws TypeError, RangeError */
export function checkMilliseconds(name: string, value: unknown): void {
  if (typeof value !== "number") throw new TypeError(`${name} must be a number of milliseconds, got ${typeof value}`);
  if (!(value >= 0)) throw new RangeError(`${name} must be 0 or more milliseconds, got ${value}`);
}

/** @throws TypeError, RangeError */
export function checkNumber(name: string, value: unknown, least: number, most = Number.POSITIVE_INFINITY): void {
  if (typeof value !== "number") throw new TypeError(`${name} must be a number, got ${typeof value}`);
  if (!(value >= least && value <= most)) throw new RangeError(`${name} must be ${range(least, most)}, got ${value}`);
}

/** @throws TypeError */
export function checkBoolean(name: string, value: unknown): asserts value is boolean {
  if (typeof value !== "boolean") throw new TypeError(`${name} must be true or false, got ${typeof value}`);
}

/** @throws TypeError */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== "function") throw new TypeError(`${name} must be a function, got ${typeof value}`);
}

/** Also lets any number of waits share the signal, without Node's warning of a leak. @throws TypeError */
export function checkSignal(signal: AbortSignal): void {
  // By its shape, not its class, to accept polyfills and signals of other realms.
  const { aborted, addEventListener, removeEventListener } = Object(signal);
  if (
    typeof aborted !== "boolean" ||
    typeof addEventListener !== "function" ||
    typeof removeEventListener !== "function"
  )
    throw new TypeError(`signal must be an AbortSignal, got ${nameOf(signal)}`);
  if (signal instanceof EventTarget) setMaxListeners(0, signal);
}

/** Describes a wrong argument. */
export function nameOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  if (typeof value !== "object") return `a ${typeof value}`;
  const { name } = value.constructor ?? {};
  return name === undefined || name === "" || name === "Object" ? "an object" : `a ${name}`;
}

function range(least: number, most: number): string {
  return most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`;
}
