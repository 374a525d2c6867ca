/** A question that is measured on several peers. */

import type { PeerName } from "../peers/list.ts";

/** The target of a figure: a ratio to the baseline or to the reference, or an absolute value. */
export interface Bar {
  readonly of: "ratio" | "reference" | "figure";
  readonly least?: number;
  readonly most?: number;
  /** A second target. Both must be met. */
  readonly and?: Bar;
}

/** A row of the table. */
export interface Contender {
  readonly peer: PeerName;
  /** @default the peer's name */
  readonly label?: string;
  /** See `MessageShape`. */
  readonly copy?: boolean;
  /** See `MessageShape`. */
  readonly batches?: boolean;
  /** See `ServerSettings`. */
  readonly concurrency?: number;
  readonly bar?: Bar;
}

export type Unit = "messages/s" | "requests/s" | "calls/s" | "items/s" | "MB/s" | "µs" | "MB" | "B";

export interface Question {
  /** The name that a filter matches, besides the group: the file's name, then the varying part. */
  readonly name: string;
  readonly group: "throughput" | "latency" | "requests" | "rpc" | "streams" | "compat" | "fan-out" | "memory";
  readonly title: string;
  readonly unit: Unit;
  readonly contenders: readonly Contender[];
  /** The label of the contender that is the baseline of ratios: of several, the one with the best median. Without it there are no ratios. */
  readonly baseline?: string | readonly string[];
  /** The label of a second contender that every figure is compared with, if it is measured too. @default "zeromq" */
  readonly reference?: string;
  /** Differences between the contenders, for the reader of the figures. */
  readonly notEqual?: string;
  /** The highest number of runs, for questions whose runs take long. */
  readonly runs?: number;
  /** Does one run in fresh processes. `scale` shortens it; 1 is full length. */
  measure(contender: Contender, scale: number): Promise<number>;
}

export function higherIsBetter(unit: Unit): boolean {
  return unit.endsWith("/s") && unit !== "MB/s";
}

export function scaled(count: number, scale: number): number {
  return Math.max(1, Math.round(count * scale));
}
