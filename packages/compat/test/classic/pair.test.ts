/** Pair sockets send both ways. */

import { freshInproc } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { arrival, bound, closeAll, heard, open } from "../sockets.ts";

afterEach(closeAll);

describe("two pair sockets", () => {
  test("send to each other, in order", async () => {
    const one = open("pair");
    const other = open("pair");
    const atOne = heard(one);
    const atOther = heard(other);
    other.connect(await bound(one, freshInproc()));
    one.send("barnacle");
    other.send("foo");
    other.send("bar");
    other.send("baz");
    await arrival(atOne, 3);
    await arrival(atOther, 1);
    expect(atOne).toEqual([["foo"], ["bar"], ["baz"]]);
    expect(atOther).toEqual([["barnacle"]]);
  });
});
