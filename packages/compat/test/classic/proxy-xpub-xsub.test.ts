/** A proxy between an XPUB and an XSUB. */

import { eventually, freshTcp } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import zmq from "../../src/index.ts";
import { bound, closeAll, heard, open } from "../sockets.ts";

afterEach(closeAll);

describe("a proxy of an xpub and an xsub", () => {
  test("carries what is published to whom it may concern", async () => {
    const sub = open("sub");
    const pub = open("pub");
    sub.subscribe("");
    const messages = heard(sub);
    const frontend = open("xpub");
    const backend = open("xsub");
    sub.connect(await bound(frontend, await freshTcp()));
    pub.connect(await bound(backend, await freshTcp()));
    zmq.proxy(frontend, backend);
    await eventually(() => {
      pub.send("foo");
      return messages.length > 0;
    });
    expect(messages[0]).toEqual(["foo"]);
  });

  test("gives the capture socket a copy of what is published", async () => {
    const sub = open("sub");
    const pub = open("pub");
    const watcher = open("sub");
    sub.subscribe("");
    watcher.subscribe("");
    const messages = heard(sub);
    const copies = heard(watcher);
    const frontend = open("xpub");
    const backend = open("xsub");
    const capture = open("pub");
    watcher.connect(await bound(capture, await freshTcp()));
    sub.connect(await bound(frontend, await freshTcp()));
    pub.connect(await bound(backend, await freshTcp()));
    zmq.proxy(frontend, backend, capture);
    await eventually(() => {
      pub.send("foo");
      return messages.length > 0 && copies.length > 0;
    });
    expect(messages[0]).toEqual(["foo"]);
    expect(copies[0]).toEqual(["foo"]);
  });

  test("the wrong way round is an error", async () => {
    const [front, back] = [await freshTcp(), await freshTcp()];
    const frontend = open("xpub").bindSync(front);
    const backend = open("xsub").bindSync(back);
    open("sub").connect(front);
    open("pub").connect(back);
    expect(() => zmq.proxy(backend, frontend)).toThrow("wrong socket order to proxy");
    expect(frontend.listenerCount("message") + backend.listenerCount("message")).toBe(0);
  });
});
