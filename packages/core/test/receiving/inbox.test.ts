/** What other packages ask of the inbox. */

import { eventually, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { internals } from "../../src/internals.ts";
import { pushAndPull } from "./push-and-pull.ts";

describe("takeNow", () => {
  test("gives what is there in order, before it returns, and undefined when there is no more", async () => {
    await using it = await pushAndPull();
    const { inbox } = it.pull[internals];
    expect(inbox.takeNow()).toBeUndefined();
    for (const number of numbers(3)) await it.push.send(String(number));
    await eventually(() => inbox.ready);
    const taken: string[] = [];
    await eventually(() => {
      for (let message = inbox.takeNow(); message !== undefined; message = inbox.takeNow()) taken.push(String(message));
      return taken.length === 3;
    });
    expect(taken).toEqual(["0", "1", "2"]);
    await it.push.send("next");
    expect(String(await it.pull.receive())).toBe("next");
  });

  test("takes nothing that somebody waits for", async () => {
    await using it = await pushAndPull();
    const { inbox } = it.pull[internals];
    const waiting = it.pull.receive();
    await it.push.send("for the reader");
    expect(inbox.takeNow()).toBeUndefined();
    expect(String(await waiting)).toBe("for the reader");
  });
});

test("a reader may ask for the next message while it is given one", async () => {
  await using it = await pushAndPull();
  const { inbox } = it.pull[internals];
  const received: number[] = [];
  const done = new Promise<void>((resolve, reject) => {
    const take = (message: unknown) => {
      received.push(Number(message));
      if (received.length === 1_000) resolve();
      else inbox.request(take, reject);
    };
    inbox.request(take, reject);
  });
  await it.push.sendAll(numbers(1_000).map(String));
  await done;
  expect(received).toEqual(numbers(1_000));
});
