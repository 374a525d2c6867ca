/** Subscriptions and messages through an XPUB and an XSUB. */

import { eventually, freshTcp } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { closeAll, heard, open } from "../sockets.ts";

afterEach(closeAll);

const everywhere = (address: string) => address.replace("127.0.0.1", "*");

describe("an xpub and an xsub between a publisher and a subscriber", () => {
  test("pass on messages and show each subscription, which filters at the publisher's", async () => {
    const pub = open("pub");
    const xsub = open("xsub");
    const xpub = open("xpub");
    const sub = open("sub");
    const [publishing, subscribing] = [await freshTcp(), await freshTcp()];
    pub.bindSync(everywhere(publishing));
    xsub.connect(publishing);
    xpub.bindSync(everywhere(subscribing));
    sub.connect(subscribing);

    const passed = heard(xsub);
    xsub.on("message", (message: Buffer) => void xpub.send(message));
    const shown: [wanted: boolean, prefix: string][] = [];
    xpub.on("message", (message: Buffer) => {
      shown.push([message[0] === 1, message.subarray(1).toString()]);
      xsub.send(message);
    });
    const messages = heard(sub);
    sub.subscribe("js");
    sub.subscribe("luna");

    // Until the publisher knows of both subscriptions: they travel in order.
    await eventually(() => {
      pub.send("luna?");
      return messages.length > 0;
    });
    expect(shown).toEqual([
      [true, "js"],
      [true, "luna"],
    ]);
    const news = ["js is cool", "ruby is meh", "py is pretty cool", "luna is cool too"];
    for (const text of news) pub.send(text);
    await eventually(() => messages.some(([text]) => text === news.at(-1)));
    expect(messages.filter(([text]) => text !== "luna?")).toEqual([[news[0]], [news[3]]]);
    expect(passed.filter(([text]) => text !== "luna?")).toEqual([[news[0]], [news[3]]]);

    sub.unsubscribe("luna");
    await eventually(() => shown.length >= 3);
    expect(shown.slice(2)).toEqual([[false, "luna"]]);
  });
});
