/** A proxy between a ROUTER and a DEALER. */

import { eventually, freshTcp } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import zmq from "../../src/index.ts";
import { answering, arrival, closeAll, heard, open } from "../sockets.ts";

afterEach(closeAll);

/** A request and a reply socket with a router and a dealer between them that are not yet joined. */
async function broker() {
  const [front, back] = [await freshTcp(), await freshTcp()];
  const frontend = open("router").bindSync(front);
  const backend = open("dealer").bindSync(back);
  const req = open("req").connect(front);
  const rep = open("rep").connect(back);
  answering(rep, (request) => `${request} bar`);
  return { frontend, backend, req, replies: heard(req) };
}

describe("a proxy from a router to a dealer", () => {
  test("carries requests and their replies", async () => {
    const { frontend, backend, req, replies } = await broker();
    zmq.proxy(frontend, backend);
    req.send("foo");
    await arrival(replies, 1);
    expect(replies).toEqual([["foo bar"]]);
  });

  test("gives the capture socket a copy of each reply, without its envelope", async () => {
    const { frontend, backend, req, replies } = await broker();
    const capturing = await freshTcp();
    const capture = open("pub").bindSync(capturing);
    const watcher = open("sub").connect(capturing);
    watcher.subscribe("");
    const copies = heard(watcher);
    zmq.proxy(frontend, backend, capture);
    // The capture socket drops copies until it knows of the watcher.
    let sent = 0;
    await eventually(async () => {
      req.send("foo");
      sent += 1;
      await arrival(replies, sent);
      return copies.length > 0;
    });
    expect(replies).toEqual(Array(sent).fill(["foo bar"]));
    expect(copies[0]).toEqual(["foo bar"]);
  });
});
