/** The counters of a broker or a worker that runs: a message is counted once libzmq has it, which may be after it was read. */

import { eventually } from "@awaitmq/testing";
import { expect } from "vitest";

/** Waits until the counters are these. */
export async function countsOf(running: { readonly stats: object }, counts: object): Promise<void> {
  await eventually(() => {
    expect(running.stats).toMatchObject(counts);
    return true;
  });
}
