/** A part of a client: it knows the contract, and not where the service is. */

import { isFailure, type Remote } from "@awaitmq/rpc";
import { stock } from "./contract.ts";

export interface Line {
  readonly item: string;
  readonly pieces: number;
}

/** Takes all lines that there is enough for. Returns the others, with what is left of their items. */
export async function order(service: Remote<typeof stock>, lines: readonly Line[]) {
  const missing: { item: string; left: number }[] = [];
  for (const line of lines) {
    try {
      await service.take(line, { timeout: 2_000 });
    } catch (error) {
      if (!isFailure(stock.take, error)) throw error;
      missing.push(error.code === "TOO_FEW" ? error.data : { item: error.data.item, left: 0 });
    }
  }
  return missing;
}
