/** A ventilator, a sink, and the sockets of one worker between them. */

import { Pull, Push, TimeoutError } from "@awaitmq/core";
import { eventually } from "@awaitmq/testing";
import { collect } from "../../src/index.ts";

export const inOrder = (values: readonly number[]) => [...values].sort((a, b) => a - b);

export async function pipeline(options: { receiveHighWaterMark?: number } = {}) {
  const ventilator = new Push();
  const sink = new Pull({ receiveHighWaterMark: 10 });
  const tasks = new Pull(options);
  const results = new Push({ sendHighWaterMark: 10 });
  tasks.connect(await ventilator.bind("tcp://127.0.0.1:*"));
  results.connect(await sink.bind("tcp://127.0.0.1:*"));
  return {
    ventilator,
    sink,
    tasks,
    results,
    async [Symbol.asyncDispose]() {
      await Promise.all([ventilator, sink, tasks, results].map((socket) => socket.close({ linger: 0 })));
    },
  };
}

/** Resolves when nobody takes what it sends: what leaves before libzmq's thread has seen the end of a connection still leaves. */
export async function untilAlone(push: Push): Promise<void> {
  await eventually(() =>
    push.send("to nobody", { timeout: 50 }).then(
      () => false,
      (error) => error instanceof TimeoutError,
    ),
  );
}

/** The next so many messages, each of one frame. */
export async function texts(sink: Pull, count: number): Promise<string[]> {
  const found: string[] = [];
  for await (const [body] of collect(sink, { count, timeout: 100_000 })) found.push(String(body));
  return found;
}

export async function bodies(sink: Pull, count: number): Promise<number[]> {
  return (await texts(sink, count)).map(Number);
}
