/** Input of calls that end early, and input that fails. */

import type { Message } from "@awaitmq/core";
import { eventually, gate } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import type { RequestContext } from "../../../src/index.ts";
import { aborted, client, closeAll, served } from "../pair.ts";
import { endless } from "./endless.ts";
import { readAll, take } from "./reading.ts";

afterEach(closeAll);

async function sizeOf(_: Message, { input }: RequestContext) {
  let size = 0;
  for await (const frames of input) for (const { length } of frames) size += length;
  return String(size);
}

test("a read of the input that is pending when the handler has finished is done", async () => {
  const reads = gate();
  const results: unknown[] = [];
  const server = served(async (_, { input }) => {
    await input.next();
    void (async () => {
      for await (const _item of input);
      results.push("done");
    })();
    await reads.opened;
    return "done";
  });
  async function* one() {
    yield "one";
    await gate().opened;
  }
  const stream = client(server).stream("?", { input: one() });
  reads.open();
  await readAll(stream);
  await eventually(() => results.length > 0);
  expect(results).toEqual(["done"]);
});

describe("when a call ends early, its input is closed", () => {
  test.each(["return", "abort", "close", "timeout", "a failure of the handler"])("by %s", async (how) => {
    const { seen, items } = endless();
    const failing = gate();
    let reason: unknown;
    const server = served(async function* (_, { input, signal }) {
      yield "begun";
      void aborted(signal).then((found) => {
        reason = found;
      });
      await input.next();
      await Promise.race([aborted(signal), failing.opened]);
      throw new Error("failed");
    });
    const asking = client(server);
    const aborting = new AbortController();
    const timeout = how === "timeout" ? 300 : 100_000;
    const stream = asking.stream("?", { input: items, signal: aborting.signal, timeout });
    await take(stream, 1);
    await eventually(() => seen.taken > 0);
    if (how === "return") await stream.return();
    else if (how === "abort") aborting.abort(new Error("aborted"));
    else if (how === "close") await asking.close();
    else if (how === "a failure of the handler") failing.open();
    const { error } = await readAll(stream);
    const expected = { return: "", abort: "aborted", close: "closed", timeout: "300 ms" }[how] ?? "failed";
    expect(String(error ?? "")).toContain(expected);
    await eventually(() => seen.closed === 1);
    if (how !== "a failure of the handler") await eventually(() => reason !== undefined);
    await eventually(() => server.stats.running === 0);
  });

  test("even if it was never read, and the server never took the call", async () => {
    let isClosed = false;
    const input = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ value: "item", done: false }),
        return: async () => {
          isClosed = true;
          return { value: undefined, done: true } as const;
        },
      }),
    };
    const server = served(() => new Promise<string>(() => {}), { force: 0 });
    await client(server).stream("?", { input, grace: 0 }).return();
    await eventually(() => isClosed);
  });
});

describe("input that fails", () => {
  test("cancels the call: the stream throws its error, after items that came", async () => {
    let reason: unknown;
    const server = served(async function* (_, { input, signal }) {
      void aborted(signal).then((found) => {
        reason = found;
      });
      for await (const [item] of input) yield item as Buffer;
    });
    const failing = gate();
    async function* input() {
      yield "one";
      await failing.opened;
      throw new Error("the disk is gone");
    }
    const stream = client(server).stream("?", { input: input() });
    expect(await take(stream, 1)).toEqual(["one"]);
    failing.open();
    await expect(stream.next()).rejects.toThrow("the disk is gone");
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    await eventually(() => server.stats.running === 0);
    expect(reason).toMatchObject({ code: "ERR_CANCELLED" });
  });

  test.each<[string, () => AsyncIterable<string>]>([
    [
      "when it is asked for its iterator",
      () => ({
        [Symbol.asyncIterator]() {
          throw new Error("no iterator");
        },
      }),
    ],
    [
      "when it is asked for an item",
      () => ({
        [Symbol.asyncIterator]: () => ({
          next() {
            throw new Error("no item");
          },
        }),
      }),
    ],
    [
      "with an item that is no message",
      async function* () {
        yield {} as string;
      },
    ],
  ])("%s does so too", async (_, input) => {
    const server = served(sizeOf);
    const { items, error } = await readAll(client(server).stream("?", { input: input() }));
    expect(items).toEqual([]);
    expect(String(error)).toMatch(/no iterator|no item|Cannot send/);
    await eventually(() => server.stats.running === 0);
  });
});
