/** Two sockets of which little fits between, so that sends wait. */

import { pair } from "@awaitmq/testing";
import { expect } from "vitest";
import { Pull, Push, TimeoutError } from "../../src/index.ts";

/** A Push whose only peer takes very little, both ends in this process: what is accepted is known exactly. */
export const narrow = () =>
  pair({ pull: new Pull({ receiveHighWaterMark: 1 }), push: new Push({ sendHighWaterMark: 1 }) }, "inproc");

/** Sends until nothing more is accepted; gives what was. */
export async function fill(push: Push, name = "fill"): Promise<string[]> {
  const accepted: string[] = [];
  for (;;) {
    try {
      await push.send(`${name} ${accepted.length}`, { timeout: 20 });
    } catch (error) {
      expect(error).toBeInstanceOf(TimeoutError);
      return accepted;
    }
    accepted.push(`${name} ${accepted.length}`);
  }
}

export async function drain(pull: Pull, last: string): Promise<string[]> {
  const received: string[] = [];
  for await (const [body] of pull) {
    received.push(body.toString());
    if (received.at(-1) === last) break;
  }
  return received;
}
