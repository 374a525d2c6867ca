/** Request and Reply in lock-step. */

import { numbers, pair } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { ClosedError, Reply, Request, TimeoutError } from "../../src/index.ts";

const requestAndReply = (address: string) => pair({ reply: new Reply(), request: new Request() }, address);

describe.each(["tcp://127.0.0.1:*", "inproc"])("the lock step of request and reply over %s", (address) => {
  test("a second send on a Request waits for the reply to the first", async () => {
    await using it = await requestAndReply(address);
    const order: string[] = [];
    const second = it.request
      .send("first")
      .then(() => it.request.send("second"))
      .then(() => order.push("second was accepted"));
    expect(String(await it.reply.receive())).toBe("first");
    await expect(it.reply.receive({ timeout: 50 })).rejects.toThrow(TimeoutError);
    await it.reply.send("reply to first");
    order.push("reply was sent");
    expect(String(await it.request.receive())).toBe("reply to first");
    await second;
    expect(order).toEqual(["reply was sent", "second was accepted"]);
    expect(String(await it.reply.receive())).toBe("second");
  });

  test("1 000 sends at once go out one at a time, each after the reply to the one before", async () => {
    await using it = await requestAndReply(address);
    const answering = (async () => {
      for await (const [body] of it.reply) {
        await it.reply.send(`re: ${body}`);
        if (String(body) === "999") return;
      }
    })();
    const sends = Promise.all(numbers(1_000).map((index) => it.request.send(String(index))));
    const replies: string[] = [];
    for await (const [body] of it.request) if (replies.push(String(body)) === 1_000) break;
    await Promise.all([sends, answering]);
    expect(replies).toEqual(numbers(1_000).map((index) => `re: ${index}`));
  });

  test("a send on a Reply waits for a request", async () => {
    await using it = await requestAndReply(address);
    const early = it.reply.send("early");
    await expect(it.reply.send("given up", { timeout: 20 })).rejects.toThrow(TimeoutError);
    await it.request.send("request");
    expect(String(await it.reply.receive())).toBe("request");
    await early;
    expect(String(await it.request.receive())).toBe("early");
  });

  test("a receive on a Request that has asked nothing yet waits, and a Reply that owes an answer waits too", async () => {
    await using it = await requestAndReply(address);
    const answer = it.request.receive();
    await it.request.send("0");
    expect(String(await it.reply.receive())).toBe("0");
    const next = it.reply.receive();
    await it.reply.send("answer 0");
    expect(String(await answer)).toBe("answer 0");
    await it.request.send("1");
    expect(String(await next)).toBe("1");
  });

  test("a send that timed out or was aborted out of turn is never sent, and the lock step goes on", async () => {
    await using it = await requestAndReply(address);
    await it.request.send("0");
    await expect(it.request.send("never", { timeout: 10 })).rejects.toThrow(TimeoutError);
    await expect(it.request.send("never", { signal: AbortSignal.timeout(10) })).rejects.toThrow("timeout");
    expect(String(await it.reply.receive())).toBe("0");
    await it.reply.send("answer 0");
    expect(String(await it.request.receive())).toBe("answer 0");
    await it.request.send("1");
    expect(String(await it.reply.receive())).toBe("1");
  });

  test("a send that waits for a reply rejects ClosedError when the socket closes, without waiting for linger", async () => {
    await using it = await requestAndReply(address);
    await it.request.send("0");
    const waiting = expect(it.request.send("1")).rejects.toThrow(ClosedError);
    const began = performance.now();
    const closed = it.request.close({ linger: 20_000 });
    await waiting;
    await it.reply.close();
    await closed;
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
