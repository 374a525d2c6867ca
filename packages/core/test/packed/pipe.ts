/** Sockets for one test of packed messages, and what is read from them. */

import { afterEach } from "vitest";
import { Pull, Push, type Socket } from "../../src/index.ts";

const opened: Socket[] = [];
afterEach(() => Promise.all(opened.splice(0).map((socket) => socket.close({ linger: 0 }))));

export function open<S extends Socket>(socket: S): S {
  opened.push(socket);
  return socket;
}

export async function pipe(options: { push?: object; pull?: object } = {}) {
  const push = open(new Push(options.push));
  const pull = open(new Pull(options.pull));
  push.connect(await pull.bind("tcp://127.0.0.1:*"));
  return { push, pull };
}

export async function take<T>(source: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const value of source) {
    taken.push(value);
    if (taken.length === count) break;
  }
  return taken;
}
