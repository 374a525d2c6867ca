/** Sockets as the writable end of Node's and the web's streams. They never close the socket: who opened it does. */

import { Writable } from "node:stream";
import type { Sendable } from "../message/message.ts";
import { bound, type Rules, readOptions } from "../waiting/option-table.ts";
import type { SendOptions } from "./send-options.ts";

/** Any socket that sends. */
export interface WritableTarget<S = Sendable> {
  /** As `send` of a socket. */
  send(message: S, options?: SendOptions): Promise<void>;
}

/** Of the stream that {@link toWritable} and {@link toWritableStream} make. */
export interface WritableOptions {
  /** Messages that may wait in the stream before it asks its source to pause, a whole number, 0 or more, or Infinity. @default 16 */
  readonly highWaterMark?: number | undefined;
}

const rules = { highWaterMark: bound(0, 16) } satisfies Rules<WritableOptions>;

/**
 * An object-mode stream that sends each chunk as one message. Destroying it gives up a send that waits. Node's streams take no
 * `null` as a chunk: an empty message is `[null]` or an empty buffer.
 */
export function toWritable<S = Sendable>(socket: WritableTarget<S>, options: WritableOptions = {}): Writable {
  const { highWaterMark } = readOptions("toWritable", rules, options);
  const controller = new AbortController();
  return new Writable({
    objectMode: true,
    // Node takes whole numbers only.
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

/** A web stream that sends each chunk as one message. Aborting it gives up a send that waits. */
export function toWritableStream<S = Sendable>(
  socket: WritableTarget<S>,
  options: WritableOptions = {},
): WritableStream<S> {
  const { highWaterMark } = readOptions("toWritableStream", rules, options);
  const controller = new AbortController();
  return new WritableStream<S>(
    {
      start(stream) {
        // The declarations of Node 20 lack the controller's signal; the standard and Node itself have it.
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
