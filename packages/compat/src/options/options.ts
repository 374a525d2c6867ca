/** Socket options by their classic names and numbers. */

import { optionNumbers } from "../constants.ts";
import { systemError, withClassicErrors } from "../errors.ts";
import type { AnySocket, Option } from "./option-kinds.ts";
import { table } from "./table.ts";

type Table = typeof table;
type Constant = keyof Table;
type NameOf<C extends Constant> = Table[C]["names"][number];

export type OptionName = NameOf<Constant>;

const rows = Object.entries(table).map(([name, row]) => ({ ...row, option: optionNumbers[name as Constant] }));

const byNumber = new Map<number, Option>(rows.map(({ option, kind }) => [option, kind(option)]));

/**
 * `zmq.options`: the options that are properties of a socket, by name.
 *
 * @category Options
 */
export const options = Object.fromEntries(
  rows
    .flatMap(({ option, names }) => names.map((name) => [name, option] as const))
    .sort(([one], [other]) => (one < other ? -1 : 1)),
) as { readonly [C in Constant as NameOf<C>]: (typeof optionNumbers)[C] };

/** Initial values of options that have no effect in core, or a different one. */
export const keptAtFirst: ReadonlyMap<number, number> = new Map(
  [...byNumber].flatMap(([option, { kept }]) => (kept === undefined ? [] : [[option, kept]])),
);

/** The number of an option, from its number, property name or constant name. */
export function optionNumber(option: unknown): number {
  if (typeof option === "number") return option;
  const given = String(option);
  const name = given === "subscribe" || given === "unsubscribe" ? `_${given}` : given;
  const found = Object.hasOwn(options, name)
    ? options[name as OptionName]
    : Object.hasOwn(optionNumbers, name)
      ? optionNumbers[name as keyof typeof optionNumbers]
      : undefined;
  if (found === undefined) throw new TypeError("Option must be an integer");
  return found;
}

export function getOption(socket: AnySocket, option: number): unknown {
  const get = byNumber.get(option)?.get;
  if (get === undefined) throw systemError("EINVAL");
  return withClassicErrors(() => get(socket));
}

export function setOption(socket: AnySocket, option: number, value: unknown): void {
  const set = byNumber.get(option)?.set;
  if (set === undefined) throw systemError("EINVAL");
  withClassicErrors(() => set(socket, value));
}
