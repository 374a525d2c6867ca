/** A listening socket survives garbage collection. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { eventually, freshTcp } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import zmq, { type Socket } from "../../src/index.ts";
import { closeAll, open } from "../sockets.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

let forgotten: WeakRef<Socket> | undefined;

afterEach(() => {
  closeAll();
  forgotten?.deref()?.close();
});

interface Progress {
  bound?: boolean;
  error?: Error;
  messages: string[];
}

/** Opens a socket that nothing of the program refers to once this has returned. */
function listenAndForget(address: string): Progress {
  const progress: Progress = { messages: [] };
  const socket = zmq.socket("dealer");
  forgotten = new WeakRef(socket);
  socket.on("message", function (this: Socket, message: Buffer) {
    progress.messages.push(Buffer.isBuffer(message) ? message.toString() : "no buffer");
    this.close();
  });
  socket.bind(address, (error) => {
    if (error === undefined) progress.bound = true;
    else progress.error = error;
  });
  return progress;
}

describe("a socket that listens and that the program has let go of", () => {
  test("is not garbage, and still hears messages", async () => {
    const address = await freshTcp();
    const progress = listenAndForget(address);
    let collections = 0;
    await eventually(() => {
      collectGarbage();
      collections += 1;
      return progress.bound && collections >= 5;
    });
    expect(progress.error).toBeUndefined();
    open("dealer").connect(address).send("hello");
    await eventually(() => {
      collectGarbage();
      return progress.messages.length > 0;
    });
    expect(progress.messages).toEqual(["hello"]);
  });
});
