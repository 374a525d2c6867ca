/** Sockets as writable streams of Node and the web. A stream never closes its socket: the code that opened the socket does. */

import { Writable } from "node:stream";
import type { Sendable } from "../message/message.ts";
import { bound, type Rules, readOptions } from "../waiting/option-table.ts";
import type { SendOptions } from "./send-options.ts";

/**
 * Any socket that sends.
 *
 * @category Sending
 */
export interface WritableTarget<S = Sendable> {
  /** The `send` of a socket. */
  send(message: S, options?: SendOptions): Promise<void>;
}

/**
 * Options of {@link toWritable} and {@link toWritableStream}: how much the stream buffers.
 *
 * @category Sending
 */
export interface WritableOptions {
  /** Messages that wait in the stream before it pauses its source: a whole number of 0 or more, or Infinity. @default 16 */
  readonly highWaterMark?: number | undefined;
}

const rules = { highWaterMark: bound(0, 16) } satisfies Rules<WritableOptions>;

/**
 * Makes a Node stream that sends each chunk as one message.
 *
 * It is in object mode. Destroying it aborts a pending send. It never closes the socket. Node's streams accept no `null` chunk: write
 * `[null]` or an empty buffer for an empty message.
 *
 * @example
 * ```ts
 * import { Readable } from "node:stream";
 * import { pipeline } from "node:stream/promises";
 * import { Pull, Push, toWritable } from "@awaitmq/core";
 *
 * const pull = new Pull();
 * const push = new Push();
 * push.connect(await pull.bind("tcp://127.0.0.1:*"));
 *
 * await pipeline(Readable.from(["one", "two"]), toWritable(push));
 * const [first] = await pull.receive();
 * const [second] = await pull.receive();
 * console.log(`${first} ${second}`); // one two
 * await Promise.all([push.close(), pull.close()]);
 * ```
 *
 * @param socket to send on
 * @param options how much the stream buffers
 * @throws TypeError or RangeError for wrong options
 * @category Sending
 */
export function toWritable<S = Sendable>(socket: WritableTarget<S>, options: WritableOptions = {}): Writable {
  const { highWaterMark } = readOptions("toWritable", rules, options);
  const controller = new AbortController();
  return new Writable({
    objectMode: true,
    // Node accepts whole numbers only.
    highWaterMark: Math.min(highWaterMark, Number.MAX_SAFE_INTEGER),
    write(message: S, _encoding, done) {
      socket.send(message, { signal: controller.signal }).then(() => done(), done);
    },
    destroy(error, done) {
      controller.abort(error ?? undefined);
      done(error);
    },
  });
}

/**
 * Makes a web stream that sends each chunk as one message.
 *
 * Aborting it aborts a pending send. It never closes the socket.
 *
 * @example
 * ```ts
 * import { Pull, Push, toWritableStream } from "@awaitmq/core";
 *
 * const pull = new Pull();
 * const push = new Push();
 * push.connect(await pull.bind("tcp://127.0.0.1:*"));
 *
 * const source = new Blob(["hello"]).stream();
 * await source.pipeTo(toWritableStream(push));
 * const [text] = await pull.receive();
 * console.log(text.toString()); // hello
 * await Promise.all([push.close(), pull.close()]);
 * ```
 *
 * @param socket to send on
 * @param options how much the stream buffers
 * @throws TypeError or RangeError for wrong options
 * @category Sending
 */
export function toWritableStream<S = Sendable>(
  socket: WritableTarget<S>,
  options: WritableOptions = {},
): WritableStream<S> {
  const { highWaterMark } = readOptions("toWritableStream", rules, options);
  const controller = new AbortController();
  return new WritableStream<S>(
    {
      start(stream) {
        // Node 20 has the controller's signal, but its type declarations do not.
        const { signal } = stream as unknown as { signal: AbortSignal };
        signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
      },
      write(message) {
        return socket.send(message, { signal: controller.signal });
      },
    },
    { highWaterMark },
  );
}
