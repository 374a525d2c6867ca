/** One thing to find out about several peers. */

import type { PeerName } from "../peers/list.ts";

/** What a figure has to reach: a ratio to the baseline, or the figure itself. */
export interface Bar {
  readonly of: "ratio" | "figure";
  readonly least?: number;
  readonly most?: number;
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

export type Unit = "messages/s" | "requests/s" | "µs" | "MB" | "B";

export interface Question {
  /** What a filter is compared with, beside the group: the file's name, then what varies. */
  readonly name: string;
  readonly group: "throughput" | "latency" | "requests" | "compat" | "fan-out" | "memory";
  readonly title: string;
  readonly unit: Unit;
  readonly contenders: readonly Contender[];
  /** The label of the contender that ratios refer to; without one there are no ratios. */
  readonly baseline?: string;
  /** What is not the same for all contenders, for whoever reads the figures. */
  readonly notEqual?: string;
  /** Fewer runs than asked for, where one takes long. */
  readonly runs?: number;
  /** One run in fresh processes. `scale` shortens it: 1 is full length. */
  measure(contender: Contender, scale: number): Promise<number>;
}

export function scaled(count: number, scale: number): number {
  return Math.max(1, Math.round(count * scale));
}
