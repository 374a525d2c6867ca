/** Idle connections to servers, and clients that leave. */

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { Router } from "@awaitmq/core";
import { eventually, fixture, freshTcp, gate, run, spawnProcess } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { DisconnectedError, type RequestClient, serve } from "../../src/index.ts";
import { answering, flagsOf, messageTypes, requestFlags, typeOf } from "../../src/wire/envelope.ts";
import { client, closeAll, connected, served } from "./pair.ts";

afterEach(closeAll);

/** Stops the thread once a request is in flight, until the next server of `comes-back.mjs` is connected. */
async function standStill(asking: RequestClient, flag: Int32Array): Promise<void> {
  await eventually(() => asking.stats.inFlight > 0);
  Atomics.store(flag, 1, 1);
  Atomics.notify(flag, 1);
  expect(Atomics.wait(flag, 0, 0, 20_000)).not.toBe("timed-out");
}

describe("a client that rested", () => {
  test("asks the server that came back meanwhile, 10 times, and takes none of its calls for lost", async () => {
    const endpoint = await freshTcp();
    let server = serve(endpoint, () => "0");
    const asking = connected({ connect: endpoint, socket: { reconnectInterval: 10 } });
    expect(String(await asking.request("?"))).toBe("0");
    for (let life = 1; life <= 10; life++) {
      await server.stop();
      const router = new Router();
      const handshakes = router.events();
      server = serve(router, () => String(life));
      await router.bind(endpoint);
      for await (const { type } of handshakes) if (type === "handshake") break;
      const calls = Array.from({ length: 10 }, () => asking.request("?"));
      expect(new Set((await Promise.all(calls)).map(String))).toEqual(new Set([String(life)]));
      await server.stop();
      await router.close();
      server = serve(endpoint, () => "between");
      await eventually(async () => String(await asking.request("?", { idempotent: true })) === "between");
    }
    await server.stop();
    expect(asking.stats).toMatchObject({ failed: 0 });
  });

  test("does not keep the process", async () => {
    const server = served(() => "!");
    const finished = await run(fixture("asks-and-ends.mjs", import.meta.url), {
      args: [server.endpoints[0] as string],
    });
    expect(finished).toMatchObject({ code: 0, stdout: "!\n", stderr: "" });
  });

  test("drops what comes unasked, instead of holding it", async () => {
    const router = new Router();
    const asking = connected({ connect: await router.bind("tcp://127.0.0.1:*") });
    const call = asking.request("?");
    const [peer, header, , body] = await router.receive();
    await router.send([peer as Buffer, header as Buffer, null, body as Buffer]);
    await call;
    await eventually(() => process.getActiveResourcesInfo().every((name) => name !== "Timeout")); // it rests
    for (let count = 0; count < 10_000; count++) await router.send([peer as Buffer, header as Buffer, null, "again"]);
    await eventually(() => asking.stats.late === 10_000);
    await router.close();
  });
});

describe("a server whose queue is full when the client that filled it goes", () => {
  test("goes on", async () => {
    const endpoint = await freshTcp();
    await using server = spawnProcess(fixture("stands-still.mjs", import.meta.url), { args: [endpoint] });
    await server.line("ready");
    await using flooding = spawnProcess(fixture("floods.mjs", import.meta.url), { args: [endpoint] });
    await server.line("standing still");
    await flooding.line("flooded");
    flooding.kill("SIGKILL");
    const asking = connected({ connect: endpoint });
    expect(String(await asking.request("still there?"))).toBe("still there?");
  });
});

describe("a server that came back while the client could not look", () => {
  test("takes nothing with it of what is known of the next one", async () => {
    const endpoint = await freshTcp();
    const asking = connected({ connect: endpoint, socket: { reconnectInterval: 10 } });
    const flags: number[][] = [];
    let last: Router | undefined;
    for (let life = 0; life < 6; life++) {
      // It rests, and so looks only now and then.
      await eventually(() => process.getActiveResourcesInfo().every((name) => name !== "Timeout"));
      await last?.close({ linger: 0 });
      const router = new Router();
      last = router;
      const events = router.events();
      await router.bind(endpoint);
      for await (const { type } of events) if (type === "handshake") break;
      flags.push([]);
      // The second one tells whether the client has understood the answer to the first.
      for (const each of ["first", "second"]) {
        const call = asking.request(each);
        const [peer, header, ...rest] = (await router.receive()) as [Buffer, Buffer, ...Buffer[]];
        flags[life]?.push(flagsOf(header));
        if (each === "first") await router.send([peer, answering(Buffer.from(header), messageTypes.welcome), null]);
        await router.send([peer, answering(header, messageTypes.reply), ...rest]);
        expect(String(await call)).toBe(each);
      }
    }
    await last?.close();
    expect(flags).toEqual(flags.map(() => [requestFlags.ask, 0]));
  });

  test("says nothing of the next one by what is still to read of it", async () => {
    const endpoint = await freshTcp();
    const flag = new Int32Array(new SharedArrayBuffer(8));
    const thread = new Worker(fixture("comes-back.mjs", import.meta.url), {
      workerData: { endpoint, flag, replies: 5_000 },
    });
    await once(thread, "message");
    const asking = connected({ connect: endpoint, socket: { reconnectInterval: 10 } });
    const before = asking.request(["before", Buffer.alloc(2_000)]);
    await standStill(asking, flag);
    const told = once(thread, "message");
    await before;
    await eventually(() => asking.stats.late === 4_999);
    expect(String(await asking.request("after"))).toBe("after");
    const [frames] = await told;
    const [header, delimiter, body] = frames.map((frame: Uint8Array) => Buffer.from(frame));
    expect([typeOf(header), flagsOf(header)]).toEqual([messageTypes.request, requestFlags.ask]);
    expect([delimiter, body].map(String)).toEqual(["", "after"]);
    thread.postMessage("end");
    await once(thread, "exit");
  });

  test("has the calls that it left unanswered settle at once, however much there is to read by then", async () => {
    const endpoint = await freshTcp();
    const flag = new Int32Array(new SharedArrayBuffer(8));
    const thread = new Worker(fixture("comes-back.mjs", import.meta.url), { workerData: { endpoint, flag } });
    await once(thread, "message");
    const asking = connected({ connect: endpoint, socket: { reconnectInterval: 10 } });
    let over = false;
    const lost = asking.request("lost").catch((error) => error);
    const settled = lost.then(() => {
      over = true;
    });
    await standStill(asking, flag);
    const began = performance.now();
    const lane = async () => {
      while (!over) await asking.request("?").catch(() => {});
    };
    await Promise.all([settled, ...Array.from({ length: 256 }, lane)]);
    expect(await lost).toBeInstanceOf(DisconnectedError);
    expect(performance.now() - began).toBeLessThan(10_000);
    thread.postMessage("end");
    await once(thread, "exit");
  });
});

describe("a server that answers all it has and ends", () => {
  test("has each of its replies reach its call, however many come at once", async () => {
    const endpoint = await freshTcp();
    await using server = spawnProcess(fixture("answers-and-ends.mjs", import.meta.url), { args: [endpoint, "900"] });
    await server.line("ready");
    const asking = connected({ connect: endpoint });
    const calls = Array.from({ length: 900 }, (_, number) => asking.request(String(number)));
    expect((await Promise.all(calls)).map(String)).toEqual(calls.map((_, number) => String(number)));
    expect(asking.stats).toMatchObject({ late: 0, failed: 0 });
    expect(await server.exited).toMatchObject({ code: 0 });
  });
});

describe("of several servers", () => {
  test("each is asked in turn by a client that rests between its calls", async () => {
    const servers = Array.from({ length: 3 }, () => served(() => ""));
    const asking = client(servers);
    await eventually(async () => {
      await asking.request("warm up");
      return servers.every(({ stats }) => stats.served > 0);
    });
    const before = servers.map(({ stats }) => stats.served);
    for (let call = 0; call < 9; call++) {
      await eventually(() => process.getActiveResourcesInfo().every((name) => name !== "Timeout"));
      await asking.request("?");
    }
    expect(servers.map(({ stats }, index) => stats.served - (before[index] as number))).toEqual([3, 3, 3]);
  });

  test("each is given its share of the first calls, though one is connected before the others", async () => {
    const servers = Array.from({ length: 3 }, () => served(([body]) => body as Buffer));
    const asking = client(servers);
    await Promise.all(Array.from({ length: 300 }, () => asking.request("?")));
    expect(servers.map(({ stats }) => stats.served)).toEqual([100, 100, 100]);
  });

  test("those that are there are given all of the first calls, before they answer any, though another never comes", async () => {
    const all = gate();
    const server = served(async ([body]) => {
      if (server.stats.running === 300) all.open();
      await all.opened;
      return body as Buffer;
    });
    const asking = client(server, { connect: [await freshTcp(), ...server.endpoints, await freshTcp()] });
    await Promise.all(Array.from({ length: 300 }, () => asking.request("?")));
    expect(server.stats.served).toBe(300);
  });

  test("the one that lost to a second attempt is asked less for a moment", async () => {
    const slow = served(async (_, { signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return "slow";
    });
    const quick = served(() => "quick");
    const asking = client([slow, quick], { hedge: { after: 20, budget: 1 } });
    await eventually(async () => {
      await asking.request("?", { idempotent: true });
      return asking.stats.hedged > 0;
    });
    const { hedged } = asking.stats;
    for (let call = 0; call < 10; call++) expect(String(await asking.request("?"))).toBe("quick");
    expect(asking.stats.hedged).toBe(hedged);
  });
});
