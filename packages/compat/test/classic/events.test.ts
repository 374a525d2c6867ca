/** The events `bind` and `message` of a socket. */

import { freshInproc } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { answering, arrival, closeAll, heard, open } from "../sockets.ts";

afterEach(closeAll);

describe("the events of a socket", () => {
  test("tell of its bind and of each message", async () => {
    const rep = open("rep");
    const req = open("req");
    const requests = heard(rep);
    const replies = heard(req);
    const address = freshInproc();
    answering(rep, () => "world");
    const binding = new Promise((resolve) => rep.on("bind", resolve));
    let failure: Error | undefined;
    rep.bind(address, (error) => {
      failure = error;
    });
    expect(await binding).toBe(address);
    req.connect(address);
    req.send("hello");
    await arrival(replies, 1);
    expect(failure).toBeUndefined();
    expect(requests).toEqual([["hello"]]);
    expect(replies).toEqual([["world"]]);
  });
});
