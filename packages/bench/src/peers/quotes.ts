/** The items of the stream questions: small objects, numbered in order. */

import { setImmediate as nextTurn } from "node:timers/promises";

export interface Quote {
  /** 0 for the first quote of a stream, and one more for each later one. */
  readonly id: number;
  readonly symbol: string;
  readonly bid: number;
  readonly ask: number;
}

/** The quotes between two turns of the event loop: a source that never waits would keep some servers from sending. */
const perTurn = 1_000;

/** The source that every server streams from. */
export async function* quotes(count: number): AsyncGenerator<Quote, void> {
  for (let id = 0; id < count; id++) {
    if (id % perTurn === perTurn - 1) await nextTurn();
    yield { id, symbol: "EUR", bid: 1.0834, ask: 1.0836 };
  }
}
