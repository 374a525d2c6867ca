/** The stack of an error names the caller that waited. */

import { expect, test } from "vitest";
import { Pull, Push, type TimeoutError } from "../../src/index.ts";

const waits = {
  receive: (pull: Pull) => pull.receive({ timeout: 1 }),
  ready: (pull: Pull) => pull.ready({ timeout: 1 }),
  loop: async (pull: Pull) => {
    pull.receiveTimeout = 1;
    for await (const _ of pull);
  },
};

test.each(Object.entries(waits))("the stack of a TimeoutError of %s has who waited", async (_, wait) => {
  await using pull = new Pull();
  async function whoever(): Promise<unknown> {
    return await wait(pull);
  }
  const error = (await whoever().catch((failure: TimeoutError) => failure)) as TimeoutError;
  expect(error.code).toBe("ERR_TIMEOUT");
  expect(error.stack).toMatch(/^TimeoutError: .*/);
  expect(error.stack).toMatch(/ at (async )?whoever \(/);
});

test("the stack of a TimeoutError of send has who waited, also through promises in between", async () => {
  await using push = new Push();
  async function whoever(): Promise<unknown> {
    return await push.send("x", { timeout: 1 }).then(() => "sent");
  }
  const error = (await whoever().catch((failure: TimeoutError) => failure)) as TimeoutError;
  expect(error.code).toBe("ERR_TIMEOUT");
  expect(error.stack).toMatch(/ at (async )?whoever \(/);
});
