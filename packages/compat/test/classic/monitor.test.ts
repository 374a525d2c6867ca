/** The monitor's events, their rate, and the events that are lost. */

import { eventually, freshTcp, quickest } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import zmq, { type Socket } from "../../src/index.ts";
import { answering, arrival, bound, closeAll, heard, open } from "../sockets.ts";

afterEach(closeAll);

interface Noted {
  readonly name: string;
  readonly time: number;
  /** The same number for events that come in one turn of the event loop. */
  readonly turn: number;
}

/** The events of a request socket whose peer does not exist, and which tries again every few milliseconds. */
async function knockInVain(monitor: (socket: Socket) => void): Promise<Noted[]> {
  const req = open("req");
  req.setsockopt(zmq.ZMQ_RECONNECT_IVL, 5);
  const noted: Noted[] = [];
  let turn = 0;
  for (const name of ["close", "connect_retry"]) {
    req.on(name, () => {
      noted.push({ name, time: performance.now(), turn });
      setImmediate(() => {
        turn += 1;
      });
    });
  }
  monitor(req);
  req.connect(await freshTcp());
  return noted;
}

/** Each retry with the close before it. */
function pairs(noted: readonly Noted[]): [close: Noted, retry: Noted][] {
  return noted.flatMap((retry, index): [Noted, Noted][] => {
    const close = noted[index - 1];
    return retry.name === "connect_retry" && close?.name === "close" ? [[close, retry]] : [];
  });
}

describe("a monitor", () => {
  test("tells when the socket listens, accepts, loses a peer and closes, each with the endpoint", async () => {
    const rep = open("rep");
    const req = open("req");
    const told: [name: string, endpoint: string][] = [];
    for (const name of ["listen", "accept", "disconnect", "close"]) {
      rep.on(name, (_value: number, endpoint: string) => void told.push([name, String(endpoint)]));
    }
    const requests = heard(rep);
    const replies = heard(req);
    answering(rep, () => "world");
    rep.on("disconnect", () => void rep.close());
    rep.monitor();
    const address = await bound(rep, await freshTcp());
    req.connect(address);
    req.send("hello");
    await arrival(replies, 1);
    expect(requests).toEqual([["hello"]]);
    expect(replies).toEqual([["world"]]);
    req.close();
    await eventually(() => told.length >= 4, { message: "Not all events came" });
    rep.unmonitor();
    expect(told).toEqual([
      ["listen", address],
      ["accept", address],
      ["disconnect", address],
      ["close", address],
    ]);
  });

  test("passes on one event each 10 ms when not told otherwise", async () => {
    const soon = 500;
    const pause = await quickest(soon, async () => {
      const noted = await knockInVain((req) => req.monitor());
      const pair = await eventually(() => pairs(noted)[0], { message: "No retry came after a close" });
      const [close, retry] = pair!;
      expect(retry.turn).not.toBe(close.turn);
      return retry.time - close.time;
    });
    expect(pause).toBeGreaterThanOrEqual(8);
    expect(pause).toBeLessThan(soon);
  });

  test("told to pass on any number passes on at once all that happened in between", async () => {
    const noted = await knockInVain((req) => req.monitor(10, 0));
    // A look may fall between the two events of one try, but not of every try.
    await eventually(() => pairs(noted).some(([close, retry]) => close.turn === retry.turn), {
      message: "No retry came together with the close before it",
    });
    const together = pairs(noted).find(([close, retry]) => close.turn === retry.turn);
    expect(together?.map(({ name }) => name)).toEqual(["close", "connect_retry"]);
  });

  test("whose program looks rarely stops neither its binds nor itself, and tells of the events that were lost", async () => {
    const rep = open("rep");
    let lost: Error | undefined;
    rep.on("monitor_error", (error: Error) => {
      lost ??= error;
    });
    rep.monitor(500, 1);
    // Each time another port: one that was given up may be in use for a moment.
    for (let round = 0; round < 1_000; round++) {
      rep.bindSync("tcp://127.0.0.1:*").unbindSync(rep.last_endpoint as string);
      if (round % 5 === 0) await new Promise(setImmediate);
    }
    await eventually(() => lost, { message: "No monitor_error came" });
    expect(lost?.message).toMatch(/^\d+ events were lost: there were too many to wait$/);
  });
});
