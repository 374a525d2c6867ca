/** How one end of a stream is set up for a sequence of events. */

import type { Credit } from "../../src/wire/credit.ts";
import type { Reading } from "./received-model.ts";
import type { Acceptance } from "./sent-model.ts";

export interface Settings {
  readonly window: Credit;
  /** The credit that the open brings. */
  readonly credit: Credit;
  readonly acceptance: Acceptance;
  /** Whether the client streams items too. */
  readonly hasInput: boolean;
  /** Whether the producer is an iterator by hand. */
  readonly isByHand: boolean;
  /** Whether the producer ends at once when its call fails. */
  readonly obeysSignal: boolean;
  /** Whether a call that fails keeps what has arrived. */
  readonly keeps: boolean;
  readonly reading: (number: number) => Reading;
}

const items = [1, 2, 3, 4, 7, 16, 256] as const;
const bytes = [1, 2, 5, 100, 1_500, 4_000, 2 ** 20] as const;
const acceptances = ["at once", "soon", "soon", "when told"] as const;

/** Makes settings of a number of 32 bits. */
export function settingsOf(number: number): Settings {
  let rest = number;
  const pick = <T>(choices: readonly T[]): T => {
    const choice = choices[rest % choices.length] as T;
    rest = Math.floor(rest / choices.length);
    return choice;
  };
  const window = { items: pick(items), bytes: pick(bytes) };
  const credit = { items: pick([0, 1, 2, 7, 256]), bytes: pick([0, 1, 2, 500, 2 ** 20]) };
  const acceptance = pick(acceptances);
  const hasInput = pick([true, true, true, false]);
  const isByHand = pick([false, false, true]);
  const obeysSignal = pick([true, true, false]);
  const keeps = pick([true, false]);
  const laterFrom = pick([0, 1, 3, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  const unreadable = pick([3, 1, 6, -1, -1, -1, -1]);
  const reading = (index: number): Reading => {
    if (index === unreadable) return laterFrom < index ? "rejects" : "throws";
    return index >= laterFrom && index % 3 !== 0 ? "later" : "at once";
  };
  return { window, credit, acceptance, hasInput, isByHand, obeysSignal, keeps, reading };
}
