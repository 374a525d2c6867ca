/** What ends a stream while messages of the other side are on their way. */

import { setImmediate } from "node:timers/promises";
import { TimeoutError, UnsupportedError } from "@awaitmq/core";
import { eventually, gate } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { UnavailableError } from "../../../src/index.ts";
import { messageTypes } from "../../../src/wire/envelope.ts";
import { aborted, client, closeAll, served } from "../pair.ts";
import { HandClient } from "./by-hand.ts";
import { readAll, take } from "./reading.ts";

afterEach(closeAll);

async function* endless() {
  for (;;) {
    yield "x";
    await setImmediate();
  }
}

describe("a stream whose client is sending items", () => {
  test("ends with UnavailableError when its server shuts down", async () => {
    let sent = 0;
    async function* counted() {
      for await (const item of endless()) {
        sent += 1;
        yield item;
      }
    }
    const server = served(async function* (_message, { input }) {
      yield "begun";
      try {
        for await (const _item of input);
      } finally {
        const before = sent;
        await eventually(() => expect(sent).toBeGreaterThan(before + 50));
      }
    });
    const stream = client(server).stream("?", { input: counted() });
    await take(stream, 1);
    const rest = readAll(stream);
    await server.stop({ grace: 0, force: 10_000 });
    expect((await rest).error).toBeInstanceOf(UnavailableError);
  });

  test("is no failure of its server when an item comes behind the cancellation", async () => {
    const errors: unknown[] = [];
    const late = gate();
    const server = served(
      async function* (_message, { input }) {
        yield "begun";
        try {
          for await (const _item of input);
        } finally {
          await late.opened;
        }
      },
      { onError: (error) => errors.push(error) },
    );
    await using leaver = new HandClient(server.endpoints[0] as string);
    await leaver.open({ request: 1, hasInput: true });
    await leaver.answer(1);
    await leaver.send({ type: messageTypes.cancel, request: 1 });
    await leaver.post(1, messageTypes.item, { position: 0 }, "late");
    // Its answer shows that the server has read the item.
    await leaver.send({ type: messageTypes.request, request: 2 }, "?");
    await leaver.answer(2);
    late.open();
    expect(await leaver.answer(1)).toMatchObject({ type: messageTypes.end, flags: 0, position: 0 });
    expect(errors).toEqual([expect.any(UnsupportedError)]);
  });
});

describe("a stream whose deadline passes at both ends", () => {
  test.each([0, 1])("rejects with TimeoutError, whichever end is first, after %i items", async (items) => {
    const server = served(async function* (_message, { signal }) {
      for (let item = 0; item < items; item++) yield "x";
      await aborted(signal);
    });
    const asking = client(server);
    await asking.ready();
    for (let round = 0; round < 40; round++) {
      const read = await readAll(asking.stream("?", { timeout: 20 }));
      expect(read.error).toBeInstanceOf(TimeoutError);
    }
  });
});
