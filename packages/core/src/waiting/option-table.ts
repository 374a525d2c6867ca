/**
 * Declares the options of a call once: their names, checks, defaults, and their type after the check.
 *
 *     const rules = { concurrency: bound(1, 16), signal: signal() } satisfies Rules<WorkOptions>;
 *     const { concurrency } = readOptions("work", rules, options);
 */

import { inspect } from "node:util";
import {
  checkBoolean,
  checkBound,
  checkFunction,
  checkMilliseconds,
  checkNumber,
  checkOptions,
  checkSignal,
  checkWhole,
} from "../check.ts";

/** The check and the default of one option. */
export interface Rule<T> {
  readonly fallback: T;
  readonly isRequired?: boolean;
  /** @throws TypeError, RangeError */
  check(name: string, value: unknown): void;
}

/** A rule for each option of an interface. */
export type Rules<Options> = { readonly [Name in keyof Options]-?: Rule<Options[Name]> };

/** The type of checked options, with their defaults. */
export type Checked<R> = { readonly [Name in keyof R]: R[Name] extends Rule<infer T> ? T : never };

/**
 * Checks options, and returns them with their defaults.
 *
 * @param of the function that takes the options, for errors
 * @param prefix of the names in errors, for nested options
 * @throws TypeError, RangeError
 */
export function readOptions<R extends Readonly<Record<string, Rule<unknown>>>>(
  of: string,
  rules: R,
  options: { readonly [Name in keyof R]?: unknown },
  prefix = "",
): Checked<R> {
  checkOptions(of, options, rules);
  const checked: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(rules)) {
    const value = options[name];
    if (value !== undefined || rule.isRequired) rule.check(`${prefix}${name}`, value);
    checked[name] = value === undefined ? rule.fallback : value;
  }
  return checked as Checked<R>;
}

/**
 * Checks options without creating an object, for calls that are made once per message.
 *
 * @throws TypeError, RangeError
 */
export function checkGiven<R extends Readonly<Record<string, Rule<unknown>>>>(
  of: string,
  rules: R,
  options: { readonly [Name in keyof R]?: unknown },
): void {
  checkOptions(of, options, rules);
  for (const name in rules) {
    const value = options[name];
    if (value !== undefined) rules[name]?.check(name, value);
  }
}

type Check = (name: string, value: unknown) => void;

/** An option with its own check. */
export function option<T>(check: Check): Rule<T | undefined>;
export function option<T>(check: Check, fallback: T): Rule<T>;
export function option<T>(check: Check, fallback?: T): Rule<T | undefined> {
  return { check, fallback };
}

/** Makes an option required. */
export function required<T>(rule: Rule<T | undefined>): Rule<T> {
  return { ...(rule as Rule<T>), isRequired: true };
}

/** A whole number of `least` or more. */
export function count(least: number): Rule<number | undefined>;
export function count(least: number, fallback: number): Rule<number>;
export function count(least: number, fallback?: number): Rule<number | undefined> {
  return option<number | undefined>((name, value) => checkWhole(name, value, least), fallback);
}

/** A whole number of `least` or more, or Infinity. */
export function bound(least: number): Rule<number | undefined>;
export function bound(least: number, fallback: number): Rule<number>;
export function bound(least: number, fallback?: number): Rule<number | undefined> {
  return option<number | undefined>((name, value) => checkBound(name, value, least), fallback);
}

/** Milliseconds, 0 or more, or Infinity. */
export function milliseconds(): Rule<number | undefined>;
export function milliseconds(fallback: number): Rule<number>;
export function milliseconds(fallback?: number): Rule<number | undefined> {
  return option<number | undefined>(checkMilliseconds, fallback);
}

/** A number from `least` to `most`. */
export function number(least: number, most: number): Rule<number | undefined>;
export function number(least: number, most: number, fallback: number): Rule<number>;
export function number(least: number, most: number, fallback?: number): Rule<number | undefined> {
  return option<number | undefined>((name, value) => checkNumber(name, value, least, most), fallback);
}

export function flag(): Rule<boolean | undefined>;
export function flag(fallback: boolean): Rule<boolean>;
export function flag(fallback?: boolean): Rule<boolean | undefined> {
  return option<boolean | undefined>(checkBoolean, fallback);
}

export function callback<F>(): Rule<F | undefined>;
export function callback<F>(fallback: F): Rule<F>;
export function callback<F>(fallback?: F): Rule<F | undefined> {
  return option<F | undefined>(checkFunction, fallback);
}

export function oneOf<const T>(values: readonly T[], fallback: T): Rule<T> {
  return option((name, value) => {
    if (values.includes(value as T)) return;
    const words = values.map((word) => inspect(word));
    throw new TypeError(`${name} must be ${words.slice(0, -1).join(", ")} or ${words.at(-1)}, got ${inspect(value)}`);
  }, fallback);
}

/** A signal, which any number of waits may share. */
export function signal(): Rule<AbortSignal | undefined> {
  return option<AbortSignal>((_, value) => checkSignal(value as AbortSignal));
}
