/** Wrong arguments, found before anything begins. */

import { checkSignal } from "@awaitmq/core/internals";

/** @throws TypeError */
export function checkBoolean(name: string, value: unknown): void {
  if (typeof value !== "boolean") throw new TypeError(`${name} must be true or false, got ${typeof value}`);
}

/** @throws TypeError, RangeError */
export function checkCount(name: string, value: number, least: number): void {
  if (typeof value !== "number") throw new TypeError(`${name} must be a whole number, got ${typeof value}`);
  if (!(Number.isInteger(value) && value >= least))
    throw new RangeError(`${name} must be a whole number, ${least} or more, got ${value}`);
}

/** As `checkCount`, or Infinity. @throws TypeError, RangeError */
export function checkBound(name: string, value: number, least: number): void {
  if (value !== Number.POSITIVE_INFINITY) checkCount(name, value, least);
}

/** @throws TypeError, RangeError */
export function checkMilliseconds(name: string, value: number): void {
  if (typeof value !== "number") throw new TypeError(`${name} must be a number of milliseconds, got ${typeof value}`);
  if (!(value >= 0)) throw new RangeError(`${name} must be 0 or more milliseconds, got ${value}`);
}

/** @throws TypeError, RangeError */
export function checkNumber(name: string, value: number, least: number, most = Number.POSITIVE_INFINITY): void {
  if (typeof value !== "number") throw new TypeError(`${name} must be a number, got ${typeof value}`);
  if (value >= least && value <= most) return;
  const range = most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`;
  throw new RangeError(`${name} must be ${range}, got ${value}`);
}

/** @throws TypeError */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== "function") throw new TypeError(`${name} must be a function, got ${typeof value}`);
}

/** Also lets any number of waits share the signal, of which Node would warn as of a leak. @throws TypeError */
export function checkAbortSignal(signal: AbortSignal | undefined): void {
  if (signal !== undefined) checkSignal(signal);
}
