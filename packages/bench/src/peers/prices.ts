/** The value of the rpc questions: a small JSON object, and the handler that every server calls. */

export interface PriceRequest {
  readonly symbol: string;
}

export interface Price {
  readonly symbol: string;
  readonly bid: number;
  readonly ask: number;
}

/** Async, because most handlers are. */
export async function priceOf({ symbol }: PriceRequest): Promise<Price> {
  return { symbol, bid: 1.0834, ask: 1.0836 };
}
