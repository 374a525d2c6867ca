/** A mailbox: order, time limits and end. */

import { describe, expect, test } from "vitest";
import { ClosedError, TimeoutError } from "../../src/index.ts";
import { Mailbox } from "../../src/waiting/mailbox.ts";

const closed = new ClosedError("over");

describe("a mailbox", () => {
  test("serves those who wait in their order, and leaves out who gave up", async () => {
    const mailbox = new Mailbox<number>();
    const controller = new AbortController();
    const first = mailbox.take();
    const second = mailbox.take(controller);
    const third = mailbox.take({ timeout: 100_000 });
    controller.abort("enough");
    await expect(second).rejects.toBe("enough");
    for (const item of [1, 2, 3]) mailbox.push(item);
    expect(await Promise.all([first, third, mailbox.take()])).toEqual([1, 2, 3]);
  });

  test("rejects a wait that was too long, which takes nothing with it", async () => {
    const mailbox = new Mailbox<number>();
    await expect(mailbox.take({ timeout: 1 })).rejects.toThrow(TimeoutError);
    mailbox.push(1);
    expect(await mailbox.take()).toBe(1);
  });

  test("gives what is left, and then the error that it ended by", async () => {
    const mailbox = new Mailbox<number>();
    mailbox.push(1);
    mailbox.end(closed);
    mailbox.push(2);
    expect(await mailbox.take()).toBe(1);
    await expect(mailbox.take()).rejects.toBe(closed);
  });

  test("that is cleared gives back what was left, and rejects who waits", async () => {
    const mailbox = new Mailbox<number>();
    const waiting = mailbox.take();
    expect(mailbox.clear("cleared")).toEqual([]);
    await expect(waiting).rejects.toBe("cleared");
    const other = new Mailbox<number>();
    other.push(1);
    other.end(closed);
    expect(other.clear("cleared")).toEqual([1]);
    await expect(other.take()).rejects.toBe("cleared");
  });

  test("keeps as many items as its bound, and hands out the oldest beyond", async () => {
    const mailbox = new Mailbox<number>(2);
    expect([1, 2, 3].map((item) => mailbox.push(item))).toEqual([undefined, undefined, 1]);
    expect(mailbox.size).toBe(2);
    expect(await mailbox.take()).toBe(2);
  });

  test("tells of room when something was taken, when it ends, and when the signal is aborted", async () => {
    const mailbox = new Mailbox<number>();
    const { signal } = new AbortController();
    mailbox.push(1);
    expect(await mailbox.room(1, signal)).toBe(false);
    const room = mailbox.room(60_000, signal);
    await mailbox.take();
    expect(await room).toBe(true);
    const controller = new AbortController();
    const aborted = mailbox.room(60_000, controller.signal);
    controller.abort();
    expect(await aborted).toBe(true);
    const ended = mailbox.room(60_000, signal);
    mailbox.end(closed);
    expect(await ended).toBe(true);
  });
});
