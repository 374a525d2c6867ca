/** Fresh endpoints are free, distinct and short. */

import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { freshInproc, freshIpc, freshTcp } from "../src/endpoint.ts";

describe("freshTcp", () => {
  test("gives a port of 127.0.0.1 that can be bound", async () => {
    const [, port] = /^tcp:\/\/127\.0\.0\.1:(\d+)$/.exec(await freshTcp())!;
    const server = createServer();
    await new Promise<void>((resolve, reject) =>
      server.once("error", reject).listen(Number(port), "127.0.0.1", () => resolve()),
    );
    server.close();
  });

  test("never gives the same port twice, called one after another or at once", async () => {
    const endpoints = await Promise.all(Array.from({ length: 200 }, () => freshTcp()));
    for (let i = 0; i < 50; i++) endpoints.push(await freshTcp());
    expect(new Set(endpoints).size).toBe(250);
  });

  test("stays below the ports that outgoing connections take", async () => {
    for (let i = 0; i < 20; i++) expect(Number((await freshTcp()).split(":").at(-1))).toBeLessThan(32_768);
  });
});

test("freshIpc gives distinct paths that fit into a socket address", () => {
  const endpoints = Array.from({ length: 100 }, () => freshIpc());
  expect(new Set(endpoints).size).toBe(100);
  for (const endpoint of endpoints) {
    expect(endpoint).toMatch(/^ipc:\/\/\/.+\.sock$/);
    expect(endpoint.length).toBeLessThan(100);
  }
});

test("freshInproc gives distinct names", () => {
  expect(freshInproc()).not.toBe(freshInproc());
});
