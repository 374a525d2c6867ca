/** The window of a stream: what a reader lets the other side have in flight. */

import { checkWhole, count, type Rules, readOptions } from "@awaitmq/core/internals";
import { type Credit, mostCredit } from "../wire/credit.ts";

/**
 * What one side of a stream lets the other have in flight: items that were sent and not read yet, and their bytes. A
 * producer waits when either is used up. So a slow reader keeps no more than this in memory.
 *
 * @category Request and reply
 */
export interface Window {
  /** Items, a whole number from 1 to 4_294_967_295. @default 256 */
  readonly items?: number | undefined;
  /**
   * Bytes of items, a whole number from 1 to 4_294_967_295. One item may exceed it, so that a large item always goes.
   * @default 1_048_576, which is 1 MiB
   */
  readonly bytes?: number | undefined;
}

const windowRules = { items: count(1, 256), bytes: count(1, 1_048_576) } satisfies Rules<Window>;

const defaultWindow: Credit = { items: 256, bytes: 1_048_576 };

/** @throws TypeError, RangeError */
export function checkWindow(name: string, value: unknown): void {
  const { items, bytes } = readOptions(name, windowRules, value as Window, `${name}.`);
  checkWhole(`${name}.items`, items, 1, mostCredit);
  checkWhole(`${name}.bytes`, bytes, 1, mostCredit);
}

/** A window that has been checked, with its defaults. */
export function windowOf(window: Window | undefined): Credit {
  return window === undefined ? defaultWindow : { ...defaultWindow, ...definedOf(window) };
}

function definedOf(window: Window): Partial<Credit> {
  return Object.fromEntries(Object.entries(window).filter(([, value]) => value !== undefined));
}
