/** What a callback of the program throws: it is a process warning everywhere, and the work goes on as without the callback. */

import { Dealer, Publisher, Pull, Push, proxy, Reply, Request, Router } from "@awaitmq/core";
import { packed, unpacked } from "@awaitmq/core/packed";
import { eventually, freshInproc, gate, pair } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { collect, json, route, type ServeOptions, serve, serveBalanced, subscribe, work } from "../src/index.ts";
import { byHand, tag } from "./broker/by-hand.ts";
import { answerTo, broker, rawWorker } from "./broker/raw.ts";
import { warnings } from "./warnings.ts";

/** Throws, or rejects. */
type Fails = () => never;

const failing = (): never => {
  throw new Error("of the handler");
};

/** Each ends well only where the work went on. */
const callbacks: Record<string, (fails: Fails) => Promise<void>> = {
  async "onUndeliverable of proxy"(onUndeliverable) {
    await using it = await pair({ front: new Pull(), push: new Push() });
    await using back = new Router();
    await using running = proxy(it.front, back, { onUndeliverable });
    await it.push.send(["nobody", "x"]);
    await eventually(() => running.stats.undeliverable === 1);
    await using dealer = new Dealer({ routingId: "here" });
    dealer.connect(await back.bind("tcp://127.0.0.1:*"));
    await back.ready();
    await it.push.send(["here", "y"]);
    expect(String(await dealer.receive())).toBe("y");
  },

  async "onError of unpacked"(onError) {
    await using it = await pair({ pull: new Pull(), push: new Push() });
    await it.push.send("of a stranger");
    const out = packed(it.push);
    out.write("good");
    await out.end();
    expect((await unpacked(it.pull, { onError }).next()).value?.toString()).toBe("good");
  },

  async "onInvalid of collect"(onInvalid) {
    await using it = await pair({ pull: new Pull(), push: new Push() });
    await it.push.sendAll(["{", "1"]);
    expect((await collect(it.pull, { codec: json, onInvalid }).next()).value).toBe(1);
  },

  async "onInvalid of subscribe"(onInvalid) {
    await using publisher = new Publisher();
    await using values = subscribe(await publisher.bind("tcp://127.0.0.1:*"), [""], { codec: json, onInvalid });
    const next = values.next();
    await publisher.ready();
    for (const value of ["{", "1"]) await publisher.send(["topic", value]);
    expect((await next).value?.value).toBe(1);
  },

  async "onInvalid of route"(onInvalid) {
    await using peers = route(freshInproc(), { codec: json, onInvalid });
    await using dealer = new Dealer({ linger: 0 });
    dealer.connect(peers.endpoints[0] as string);
    await dealer.sendAll(["{", "1"]);
    const { value: peer } = await peers.next();
    expect(await peer?.receive()).toBe(1);
  },

  "onInvalid of serve": (onInvalid) =>
    served({ onInvalid }, async (endpoint) => {
      await using dealer = new Dealer({ linger: 0 });
      dealer.connect(endpoint);
      await dealer.sendAll(["no delimiter", ["", "served"]]);
      expect(String((await dealer.receive()).at(-1))).toBe("served");
    }),

  "onError of serve": (onError) => served({ onError, errorReply: () => "sorry" }, isAnswered("fail", "sorry")),

  "errorReply of serve": (errorReply) => served({ errorReply }, isAnswered("fail", "")),

  async "onUndeliverable of serve"(onUndeliverable) {
    const gone = gate();
    const handler = async ([what]: readonly Buffer[], { signal }: { readonly signal: AbortSignal }) => {
      if (String(what) === "quick") return "served";
      signal.addEventListener("abort", gone.open);
      await gone.opened;
      return "to nobody";
    };
    await using server = serve("tcp://127.0.0.1:*", handler, { onUndeliverable });
    for (const what of ["slow", "quick"]) {
      await using dealer = new Dealer({ linger: 0 });
      dealer.connect(server.endpoints[0] as string);
      await dealer.send([null, what]);
      if (what === "slow") await eventually(() => server.stats.running === 1);
      else expect(String((await dealer.receive()).at(-1))).toBe("served");
    }
    await eventually(() => server.stats.undeliverable === 1);
  },

  async "onError of serve, on a Reply"(onError) {
    await servedByReply({ onError, errorReply: () => "sorry" }, isAnswered("fail", "sorry"));
  },

  async "errorReply of serve, on a Reply"(errorReply) {
    await servedByReply({ errorReply }, isAnswered("fail", ""));
  },

  async "onTaskError of work"(onTaskError) {
    await using it = await pair({ pull: new Pull(), push: new Push() });
    await it.push.send("task");
    const worker = work(it.pull, failing, { onTaskError });
    await expect(worker.done).rejects.toThrow("of the handler");
    expect(worker.stats.failed).toBe(1);
  },

  async "onError of work"(onError) {
    await using it = await pair({ pull: new Pull(), push: new Push() });
    await it.push.send("task");
    await using worker = work(it.pull, failing, { onError, onTaskError: () => "skip" });
    await eventually(() => worker.stats.failed === 1);
  },

  async "errorReply of serveBalanced"(errorReply) {
    await using hand = await byHand("READY 1", (dealer) => serveBalanced(dealer, failing, { errorReply }));
    await hand.ask(0, "x");
    expect(await hand.hear()).toEqual([tag(0).toString("latin1"), "", ""]);
  },

  async "onError of serveBalanced"(onError) {
    await using hand = await byHand("READY 1", (dealer) => serveBalanced(dealer, failing, { onError }));
    await hand.ask(0, "x");
    expect((await hand.hear()).at(-1)).toBe("");
  },

  async "onUndeliverable of balance"(onUndeliverable) {
    await using between = await broker({ maxAttempts: 1, onUndeliverable });
    await using asking = new Dealer({ linger: 0 });
    asking.connect(between.clientEnd);
    await asking.send(["", "deadly"]);
    {
      await using victim = await rawWorker(between.workerEnd);
      await victim.receive();
    }
    await eventually(() => between.running.stats.undeliverable === 1);
    await using worker = await rawWorker(between.workerEnd);
    await asking.send(["", "harmless"]);
    await worker.send(answerTo(await worker.receive(), "answer"));
    expect(String((await asking.receive()).at(-1))).toBe("answer");
  },
};

describe.each([
  ["throws", failed],
  ["rejects", async () => failed()],
])("a callback that %s is a process warning, and the work goes on as without it:", (_, fails) => {
  test.each(Object.entries(callbacks))("%s", async (name, goesOn) => {
    using emitted = warnings();
    await goesOn(fails as Fails);
    await eventually(() => emitted.seen.length === 1);
    const [callback] = name.split(",");
    expect(emitted.seen[0]).toContain(`AWAITMQ_CALLBACK: ${callback} threw: Error: of the callback`);
  });
});

test.each(["serve", "serve, on a Reply", "serveBalanced"])(
  "an errorReply that gives what can't be sent is one that fails: %s",
  async (of) => {
    using emitted = warnings();
    await callbacks[`errorReply of ${of}`]?.((() => []) as never);
    await eventually(() => emitted.seen.length === 1);
    expect(emitted.seen[0]).toMatch(/^AWAITMQ_CALLBACK: errorReply of serve\w* threw: TypeError: Cannot send \[\]/);
  },
);

function failed(): never {
  throw new Error("of the callback");
}

/** A server that fails what is called "fail". */
async function served(options: ServeOptions, goesOn: (endpoint: string) => Promise<void>): Promise<void> {
  await using server = serve("tcp://127.0.0.1:*", answer, options);
  await goesOn(server.endpoints[0] as string);
}

async function servedByReply(options: ServeOptions, goesOn: (endpoint: string) => Promise<void>): Promise<void> {
  await using reply = new Reply();
  await using _server = serve(reply, answer, options);
  await goesOn(await reply.bind("tcp://127.0.0.1:*"));
}

function answer([request]: readonly Buffer[]): string {
  return String(request) === "fail" ? failing() : String(request);
}

/** Asks as a plain REQ does, and then once more. */
function isAnswered(request: string, reply: string): (endpoint: string) => Promise<void> {
  return async (endpoint) => {
    await using asking = new Request();
    asking.connect(endpoint);
    for (const [question, expected] of [
      [request, reply],
      ["again", "again"],
    ] as const) {
      await asking.send(question);
      expect(String(await asking.receive())).toBe(expected);
    }
  };
}
