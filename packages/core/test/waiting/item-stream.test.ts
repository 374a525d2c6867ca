/** The one async iterator: order, leaving and end. */

import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { ClosedError } from "../../src/index.ts";
import { type ItemSource, ItemStream } from "../../src/waiting/item-stream.ts";
import { Mailbox } from "../../src/waiting/mailbox.ts";

const closed = new ClosedError("over");
const done = { value: undefined, done: true };

interface Call {
  resolve(item: number): void;
  reject(error: unknown): void;
}

/** A source whose calls the test settles. */
class Asked implements ItemSource<number> {
  readonly #calls: Call[] = [];

  request(resolve: Call["resolve"], reject: Call["reject"]): void {
    this.#calls.push({ resolve, reject });
  }

  leaveAll(_owner: object, error: unknown): boolean {
    const left = this.#calls.splice(0);
    for (const { reject } of left) reject(error);
    return left.length > 0;
  }

  /** The call that has waited longest. */
  take(): Call {
    return this.#calls.shift() as Call;
  }
}

describe("a stream of items", () => {
  test("that is left takes nothing with it, and ends all calls that wait", async () => {
    const mailbox = new Mailbox<number>();
    const stream = new ItemStream(mailbox, undefined);
    const waiting = [stream.next(), stream.next()];
    await stream.return();
    expect(await Promise.all(waiting)).toEqual([done, done]);
    mailbox.push(1);
    expect(await stream.next()).toEqual(done);
    expect(await mailbox.take()).toBe(1);
  });

  test("ends in good order by what is over, and throws other errors once", async () => {
    const mailbox = new Mailbox<number>();
    const ends = new ItemStream(mailbox, undefined);
    const throws = new ItemStream(mailbox, undefined, () => false);
    mailbox.end(closed);
    expect(await ends.next()).toEqual(done);
    await expect(throws.next()).rejects.toBe(closed);
    expect(await throws.next()).toEqual(done);
  });

  test("leaves nothing on its signal once it has ended", async () => {
    const mailbox = new Mailbox<number>();
    const controller = new AbortController();
    const stream = new ItemStream(mailbox, controller.signal);
    await stream.return();
    controller.abort("late");
    expect(await stream.next()).toEqual(done);
  });

  test("lets calls that still wait when another one failed be aborted, or have their item", async () => {
    const source = new Asked();
    const controller = new AbortController();
    const stream = new ItemStream(source, controller.signal);
    const [fails, gets, aborted] = [stream.next(), stream.next(), stream.next()];
    source.take().reject(new Error("broken"));
    await expect(fails).rejects.toThrow("broken");
    source.take().resolve(1);
    expect(await gets).toEqual({ value: 1, done: false });
    controller.abort("enough");
    await expect(aborted).rejects.toBe("enough");
    expect(await stream.next()).toEqual(done);
  });

  test("leaves its signal when the last call that waited behind a failure has settled", async () => {
    const source = new Asked();
    const { signal } = new AbortController();
    const stream = new ItemStream(source, signal);
    const [fails, gets] = [stream.next(), stream.next()];
    source.take().reject(new Error("broken"));
    await expect(fails).rejects.toThrow("broken");
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    source.take().resolve(1);
    await gets;
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
