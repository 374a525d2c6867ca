/** A proxy between PULL and PUSH sockets. */

import { eventually, freshTcp } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import zmq from "../../src/index.ts";
import { arrival, closeAll, heard, open } from "../sockets.ts";

afterEach(closeAll);

describe("a proxy", () => {
  test("from a pull to a push socket carries what is pushed to it", async () => {
    const [front, back] = [await freshTcp(), await freshTcp()];
    const frontend = open("pull").bindSync(front);
    const backend = open("push").bindSync(back);
    const push = open("push").connect(front);
    const pull = open("pull").connect(back);
    const messages = heard(pull);
    zmq.proxy(frontend, backend);
    push.send("foo");
    await arrival(messages, 1);
    expect(messages).toEqual([["foo"]]);
  });

  test("with a pull socket as its back end carries messages to the front, and a copy to the capture socket", async () => {
    const [front, back, capturing] = [await freshTcp(), await freshTcp(), await freshTcp()];
    const frontend = open("push").bindSync(front);
    const backend = open("pull").bindSync(back);
    const capture = open("pub").bindSync(capturing);
    const pull = open("pull").connect(front);
    const push = open("push").connect(back);
    const watcher = open("sub").connect(capturing);
    watcher.subscribe("");
    const messages = heard(pull);
    const copies = heard(watcher);
    zmq.proxy(frontend, backend, capture);
    // The capture socket drops copies until it knows of the watcher.
    await eventually(() => {
      push.send("foo");
      return copies.length > 0;
    });
    await arrival(messages, 1);
    expect(messages[0]).toEqual(["foo"]);
    expect(copies[0]).toEqual(["foo"]);
  });
});
