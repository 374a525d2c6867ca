/** `version` and `capability` describe the libzmq in use. */

import { freshIpc } from "@awaitmq/testing";
import { expect, test } from "vitest";
import * as draft from "../../src/draft.ts";
import { capability, curveKeyPair, Pull, version } from "../../src/index.ts";

test("version is one of libzmq 4", () => {
  expect(version).toMatch(/^4\.\d+\.\d+$/);
});

test("capability tells what libzmq can do, and no more: ipc, curve, the draft API", async () => {
  await using pull = new Pull();
  const outcomes = {
    ipc: () => pull.bindSync(freshIpc()),
    curve: () => curveKeyPair(),
    draft: () => void new draft.Server().close(),
  };
  for (const [name, use] of Object.entries(outcomes)) {
    let works = true;
    try {
      use();
    } catch {
      works = false;
    }
    expect([name, works]).toEqual([name, capability[name as keyof typeof outcomes] === true]);
  }
});
