/** REQ and REP sockets that listen when it is not their turn to receive. */

import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { socket } from "../src/index.ts";

/** Longer than a native receive with a listener goes on. */
const long = 1_200;

function pair() {
  const rep = socket("rep");
  const req = socket("req");
  rep.bindSync("tcp://127.0.0.1:*");
  req.connect(rep.last_endpoint);
  return {
    rep,
    req,
    [Symbol.dispose]() {
      req.close();
      rep.close();
    },
  };
}

describe.concurrent("out of turn for more than a second, with a listener", () => {
  test("a rep answers, and hears the next request", async () => {
    using it = pair();
    it.rep.on("message", (frame) => setTimeout(() => it.rep.send(frame), String(frame) === "slow" ? long : 0));
    for (const text of ["slow", "next"]) {
      it.req.send(text);
      const [frame] = await once(it.req, "message");
      expect(String(frame)).toBe(text);
    }
  });

  test("a req that has not asked hears its answer", async () => {
    using it = pair();
    it.rep.on("message", (frame) => it.rep.send(frame));
    const answers: string[] = [];
    const heard = new Promise<void>((resolve) => {
      it.req.on("message", (frame) => {
        if (answers.push(String(frame)) === 2) resolve();
      });
    });
    await sleep(long);
    it.req.send("first");
    it.req.send("behind it");
    await heard;
    expect(answers).toEqual(["first", "behind it"]);
  });

  test("a req that asks again later hears its answer, and no error", async () => {
    using it = pair();
    const errors: unknown[] = [];
    it.req.on("error", (error) => errors.push(error));
    it.rep.on("message", (frame) => it.rep.send(frame));
    it.req.on("message", () => {});
    for (const text of ["first", "later"]) {
      const answer = once(it.req, "message");
      it.req.send(text);
      expect(String((await answer)[0])).toBe(text);
      if (text === "first") await sleep(long);
    }
    expect(errors).toEqual([]);
  });
});

test("a req whose listener left does not send before the answer was read, and then gives that one first", async () => {
  using it = pair();
  const questions: string[] = [];
  it.rep.on("message", (frame) => {
    questions.push(String(frame));
    it.rep.send(`re: ${frame}`);
  });
  const leave = () => {};
  it.req.on("message", leave);
  it.req.send("1");
  it.req.removeListener("message", leave);
  it.req.send("2");
  await sleep(50);
  expect(questions).toEqual(["1"]);
  const answers: string[] = [];
  await new Promise<void>((resolve) => {
    it.req.on("message", (frame) => {
      if (answers.push(String(frame)) === 2) resolve();
    });
  });
  expect(answers).toEqual(["re: 1", "re: 2"]);
});
