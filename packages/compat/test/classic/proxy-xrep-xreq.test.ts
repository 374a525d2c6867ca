/** A proxy between an XREP and an XREQ, the old names of ROUTER and DEALER. */

import { freshTcp } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import zmq from "../../src/index.ts";
import { answering, arrival, closeAll, heard, open } from "../sockets.ts";

afterEach(closeAll);

describe("a proxy from an xrep to an xreq socket", () => {
  test("carries requests and their replies", async () => {
    const [front, back] = [await freshTcp(), await freshTcp()];
    const frontend = open("xrep").bindSync(front);
    const backend = open("xreq").bindSync(back);
    const req = open("req").connect(front);
    const rep = open("rep").connect(back);
    const replies = heard(req);
    answering(rep, (request) => `${request} bar`);
    zmq.proxy(frontend, backend);
    req.send("foo");
    await arrival(replies, 1);
    expect(replies).toEqual([["foo bar"]]);
  });
});
