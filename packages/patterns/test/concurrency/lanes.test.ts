/** A fixed number of messages at once; the others go back. */

import { Pull, Push } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";
import { eventually, gate, numbers, pair } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { sourceOf } from "../../src/concurrency/all-messages.ts";
import { Lanes, type Perform } from "../../src/concurrency/lanes.ts";

/** A socket with so many messages, "0" and on. */
async function filled(count: number) {
  const ends = await pair({ pull: new Pull(), push: new Push() });
  await ends.push.sendAll(numbers(count).map(String));
  return ends;
}

async function texts(pull: Pull, count: number): Promise<string[]> {
  const found: string[] = [];
  for (const _ of numbers(count)) found.push(String(await pull.receive({ timeout: 100_000 })));
  return found;
}

describe("lanes", () => {
  test("deal with so many messages at once, and leave the others with the socket", async () => {
    await using ends = await filled(5);
    const hold = gate();
    const begun: string[] = [];
    const lanes = new Lanes(sourceOf(ends.pull), 2, async ([message]) => {
      begun.push(String(message));
      await hold.opened;
    });
    await eventually(() => lanes.running === 2);
    expect(await texts(ends.pull, 3)).toEqual(["2", "3", "4"]);
    lanes.retire();
    hold.open();
    await lanes.done;
    expect(begun).toEqual(["0", "1"]);
    expect(lanes.running).toBe(0);
  });

  test("give several messages that come when no more is to be begun back in the order of their arrival", async () => {
    await using ends = await filled(6);
    const messages: [Buffer][] = [];
    for (const _ of numbers(6)) messages.push((await ends.pull.receive()) as [Buffer]);
    const begun: string[] = [];
    const lanes = new Lanes(sourceOf(ends.pull), 4, async ([message]) => {
      begun.push(String(message));
      lanes.retire();
    });
    // Four come in one turn, of which the first has the lanes begin no more.
    ends.pull[internals].inbox.putBack(messages);
    await lanes.done;
    expect(begun).toEqual(["0"]);
    expect(await texts(ends.pull, 5)).toEqual(["1", "2", "3", "4", "5"]);
  });

  test("give them back though a lane is busy", async () => {
    await using ends = await filled(3);
    const messages: [Buffer][] = [];
    for (const _ of numbers(3)) messages.push((await ends.pull.receive()) as [Buffer]);
    const hold = gate();
    const lanes = new Lanes(sourceOf(ends.pull), 3, async () => {
      lanes.retire();
      await hold.opened;
    });
    ends.pull[internals].inbox.putBack(messages);
    expect(await texts(ends.pull, 2)).toEqual(["1", "2"]);
    expect(lanes.running).toBe(1);
    hold.open();
    await lanes.done;
  });

  test("are done when the socket has closed and what had begun has ended", async () => {
    await using ends = await filled(1);
    const hold = gate();
    let ended = false;
    const lanes = new Lanes(sourceOf(ends.pull), 2, async () => {
      await hold.opened;
      ended = true;
    });
    await eventually(() => lanes.running === 1);
    await ends.pull.close();
    expect(ended).toBe(false);
    hold.open();
    await lanes.done;
    expect(ended).toBe(true);
  });

  test("reject with the first failure once all have ended, and tell of each while others may still run", async () => {
    await using ends = await filled(3);
    const hold = gate();
    const both = gate();
    let told = 0;
    const perform: Perform<Buffer[]> = async ([message]) => {
      if (String(message) === "1") both.open();
      await (String(message) === "0" ? both : hold).opened;
      throw new Error(String(message));
    };
    const lanes = new Lanes(sourceOf(ends.pull), 2, perform, () => {
      told += 1;
    });
    const failed = expect(lanes.done).rejects.toThrow("0");
    await eventually(() => told === 1);
    expect(lanes.running).toBe(1);
    hold.open();
    await failed;
    expect(told).toBe(2);
    expect(await texts(ends.pull, 1)).toEqual(["2"]);
  });

  test("take what gives up after the abort for no failure", async () => {
    await using ends = await filled(1);
    const lanes = new Lanes(sourceOf(ends.pull), 1, async (_message, signal) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      throw signal.reason;
    });
    await eventually(() => lanes.running === 1);
    lanes.abort(new Error("give up"));
    await expect(lanes.done).resolves.toBeUndefined();
  });
});
