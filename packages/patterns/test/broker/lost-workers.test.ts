/** Requests whose workers are lost: those of a RequestClient fail once the broker gives them up. */

import { Dealer, proxy, Request, Router } from "@awaitmq/core";
import { eventually, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { DisconnectedError } from "../../src/index.ts";
import { closeAll, connected } from "../request-reply/pair.ts";
import { countsOf } from "./counts.ts";
import { answerTo, broker, isQuiet, rawWorker } from "./raw.ts";

afterEach(closeAll);

/** A worker that takes one request and is lost with it. */
async function victim(endpoint: string): Promise<string> {
  await using dealer = await rawWorker(endpoint);
  return String((await dealer.receive()).at(-1));
}

describe("a call whose workers are lost maxAttempts times", () => {
  test("rejects at once with a DisconnectedError, and is told and counted", async () => {
    const dropped: string[] = [];
    await using between = await broker({
      maxAttempts: 2,
      onUndeliverable: (message, { name }) => dropped.push(`${name} ${message.at(-1)}`),
    });
    const asking = connected({ connect: between.clientEnd });
    const call = asking.request("deadly").catch((error) => error);
    for (const _ of numbers(2)) expect(await victim(between.workerEnd)).toBe("deadly");
    const error = await call;
    expect(error).toBeInstanceOf(DisconnectedError);
    expect(error.message).toContain("2 workers were lost while they held it (maxAttempts)");
    expect(dropped).toEqual(["DisconnectedError deadly"]);
    await countsOf(between.running, { takenBack: 2, undeliverable: 1, answered: 0, waiting: 0, held: 0 });
    expect(asking.stats).toMatchObject({ failed: 1, retried: 0, late: 0, invalid: 0 });
    await using worker = await rawWorker(between.workerEnd);
    const next = asking.request("harmless");
    await worker.send(answerTo(await worker.receive(), "answer"));
    expect(String(await next)).toBe("answer");
  });

  test.each([false, true])("is given to one worker with maxAttempts 1, with idempotent %s", async (idempotent) => {
    await using between = await broker({ maxAttempts: 1 });
    const asking = connected({ connect: between.clientEnd });
    const call = asking.request("once", { idempotent }).catch((error) => error);
    const doomed = await rawWorker(between.workerEnd);
    await doomed.receive();
    await using other = await rawWorker(between.workerEnd);
    await doomed.close();
    expect(await call).toBeInstanceOf(DisconnectedError);
    expect(await isQuiet(other)).toBe(true);
    expect(between.running.stats.given).toBe(1);
  });

  test("rejects with each of the requests that its worker held, and no others", async () => {
    await using between = await broker({ maxAttempts: 1 });
    const asking = connected({ connect: between.clientEnd });
    const doomed = await rawWorker(between.workerEnd, "READY 3");
    const calls = numbers(5).map((number) => asking.request(String(number)).then(String, ({ code }) => code));
    for (const _ of numbers(3)) await doomed.receive();
    await doomed.close();
    await using other = await rawWorker(between.workerEnd, "READY 5");
    for (const _ of numbers(2)) await other.send(answerTo(await other.receive(), "answer"));
    const lost = "ERR_DISCONNECTED";
    expect(await Promise.all(calls)).toEqual([lost, lost, lost, "answer", "answer"]);
  });

  test("rejects behind a proxy too", async () => {
    await using between = await broker({ maxAttempts: 1 });
    await using front = new Router({ linger: 0 });
    await using back = new Dealer({ linger: 0 });
    back.connect(between.clientEnd);
    const asking = connected({ connect: await front.bind("tcp://127.0.0.1:*") });
    await using passing = proxy(front, back);
    const call = asking.request("deadly").catch((error) => error);
    expect(await victim(between.workerEnd)).toBe("deadly");
    expect(await call).toBeInstanceOf(DisconnectedError);
    expect(passing.stats.back).toBe(1);
    expect(asking.stats).toMatchObject({ failed: 1, invalid: 0 });
  });

  test("goes on where a worker leaves in good order", async () => {
    await using between = await broker({ maxAttempts: 1 });
    const asking = connected({ connect: between.clientEnd });
    const call = asking.request("work");
    await using leaving = await rawWorker(between.workerEnd);
    await leaving.receive();
    await leaving.send(["", "LEAVE"]);
    await using other = await rawWorker(between.workerEnd);
    await other.send(answerTo(await other.receive(), "answer"));
    expect(String(await call)).toBe("answer");
  });

  test("whose client is gone is dropped silently, and the broker goes on", async () => {
    await using between = await broker({ maxAttempts: 1 });
    const gone = connected({ connect: between.clientEnd });
    const call = gone.request("deadly").catch((error) => error);
    const doomed = await rawWorker(between.workerEnd);
    await doomed.receive();
    await gone.close();
    expect((await call).code).toBe("ERR_CLOSED");
    await doomed.close();
    await eventually(() => between.running.stats.undeliverable > 0);
    await using worker = await rawWorker(between.workerEnd);
    const next = connected({ connect: between.clientEnd }).request("harmless");
    await worker.send(answerTo(await worker.receive(), "answer"));
    expect(String(await next)).toBe("answer");
  });
});

test("a plain client gets nothing: it would take an error for its reply", async () => {
  await using between = await broker({ maxAttempts: 1 });
  await using plain = new Request({ linger: 0 });
  plain.connect(between.clientEnd);
  await plain.send("deadly");
  expect(await victim(between.workerEnd)).toBe("deadly");
  await countsOf(between.running, { undeliverable: 1 });
  await expect(plain.receive({ timeout: 200 })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
});
