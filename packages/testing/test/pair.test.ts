/** Two sockets that are connected to each other. */

import { expect, test } from "vitest";
import { pair } from "../src/index.ts";

/** Records the calls to it. */
class Noting {
  readonly done: string[] = [];

  async bind(address: string): Promise<string> {
    this.done.push(`bind ${address}`);
    return `${address}, bound`;
  }

  connect(address: string): void {
    this.done.push(`connect ${address}`);
  }

  async close(options?: { linger?: number }): Promise<void> {
    this.done.push(`close ${options?.linger}`);
  }
}

test("a pair binds its first socket, connects the second to it, and closes both", async () => {
  const it = await pair({ one: new Noting(), other: new Noting() });
  expect([it.one.done, it.other.done]).toEqual([["bind tcp://127.0.0.1:*"], ["connect tcp://127.0.0.1:*, bound"]]);
  await it[Symbol.asyncDispose]();
  expect([it.one.done.at(-1), it.other.done.at(-1)]).toEqual(["close 0", "close 0"]);
});

test("a pair over inproc has an address of its own each time", async () => {
  const [one, other] = [
    await pair({ a: new Noting(), b: new Noting() }, "inproc"),
    await pair({ a: new Noting(), b: new Noting() }, "inproc"),
  ];
  expect(one.a.done[0]).toMatch(/^bind inproc:\/\//);
  expect(one.a.done).not.toEqual(other.a.done);
});
