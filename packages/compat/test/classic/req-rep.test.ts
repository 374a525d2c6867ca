/** REQ and REP: each request gets its own reply. */

import { freshInproc } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { answering, arrival, bound, closeAll, heard, open } from "../sockets.ts";

afterEach(closeAll);

/** A request socket connected to a reply socket that answers, and what both hear. */
async function couple() {
  const rep = open("rep");
  const req = open("req");
  const requests = heard(rep);
  const replies = heard(req);
  answering(rep, () => "world");
  req.connect(await bound(rep, freshInproc()));
  return { req, requests, replies };
}

describe("a request socket", () => {
  test("gets the reply to its request", async () => {
    const { req, requests, replies } = await couple();
    req.send("hello");
    await arrival(replies, 1);
    expect(requests).toEqual([["hello"]]);
    expect(replies).toEqual([["world"]]);
  });

  test("gets its own reply next to others in the same process", async () => {
    const couples = await Promise.all(Array.from({ length: 5 }, couple));
    for (const { req } of couples) req.send("hello");
    for (const { requests, replies } of couples) {
      await arrival(replies, 1);
      expect(requests).toEqual([["hello"]]);
      expect(replies).toEqual([["world"]]);
    }
  });

  test("takes 10 requests in one go, and gets a reply to each", async () => {
    const { req, requests, replies } = await couple();
    for (let count = 0; count < 10; count++) req.send("hello");
    await arrival(replies, 10);
    expect(requests).toEqual(Array(10).fill(["hello"]));
    expect(replies).toEqual(Array(10).fill(["world"]));
  });
});
