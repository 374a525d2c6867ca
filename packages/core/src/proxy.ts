/** A broker's heart: everything that arrives on one socket leaves on the other, both ways as far as their types allow. */

import { ClosedError, UnroutableError } from "./errors.ts";
import { internals } from "./internals-key.ts";
import type { Message } from "./message.ts";
import { DuplexSocket, ReceivingSocket, SendingSocket, type Socket } from "./socket.ts";
import { checkSignal } from "./wait-options.ts";

/** Where a proxy copies what it passes on, and what ends it. */
export interface ProxyOptions {
  /** A socket that is sent a copy of every message. */
  readonly capture?: Pick<SendingSocket, "send"> | undefined;
  /** Ends the proxy: it rejects with `signal.reason`. No message is lost: one that waited to be sent is received again. */
  readonly signal?: AbortSignal | undefined;
  /** Told of a message whose addressee is gone, such as the reply to a client that left. @default it is dropped */
  readonly onUnroutable?: ((message: Message, error: UnroutableError) => void) | undefined;
}

/** Messages that were passed on. */
export interface ProxyCount {
  readonly forward: number;
  readonly back: number;
  readonly unroutable: number;
}

/**
 * Passes messages between two sockets, as zmq_proxy(3): resolves when one of them is closed, rejects when aborted or when
 * sending fails. The sockets stay open, and nothing else may read from them meanwhile.
 */
export async function proxy(
  front: Socket,
  back: Socket,
  { capture, signal, onUnroutable }: ProxyOptions = {},
): Promise<ProxyCount> {
  if (signal !== undefined) checkSignal(signal);
  if (capture !== undefined && typeof capture?.send !== "function")
    throw new TypeError("capture must be a socket that sends");
  signal?.throwIfAborted();
  const count = { forward: 0, back: 0, unroutable: 0 };
  const end = new AbortController();
  const stop = signal === undefined ? end.signal : AbortSignal.any([signal, end.signal]);

  async function pass(from: Readable, to: Writable, direction: "forward" | "back"): Promise<void> {
    for await (const message of from.messages({ signal: stop })) {
      try {
        // The memory is this proxy's own, and nobody else writes to it before libzmq has sent it.
        await to.send(message, { signal: stop, copy: false });
        count[direction] += 1;
      } catch (error) {
        if (!(error instanceof UnroutableError)) {
          from[internals].inbox.putBack([message]);
          throw error;
        }
        count.unroutable += 1;
        onUnroutable?.(message, error);
        continue;
      }
      await capture?.send(message, { signal: stop, copy: false });
    }
  }

  const directions: Promise<void>[] = [];
  if (isReadable(front) && isWritable(back)) directions.push(pass(front, back, "forward"));
  if (isReadable(back) && isWritable(front)) directions.push(pass(back, front, "back"));
  if (directions.length === 0) throw new TypeError("A proxy needs a socket that receives and another that sends");
  try {
    await Promise.race(directions);
  } catch (error) {
    // One of the two was closed, and not the capture socket.
    if (!(error instanceof ClosedError) || !(front.closed || back.closed)) throw error;
  } finally {
    end.abort();
    await Promise.allSettled(directions);
  }
  return count;
}

type Readable = ReceivingSocket | DuplexSocket;
type Writable = SendingSocket | DuplexSocket;

function isReadable(socket: Socket): socket is Readable {
  return socket instanceof ReceivingSocket;
}

function isWritable(socket: Socket): socket is Writable {
  return socket instanceof SendingSocket || socket instanceof DuplexSocket;
}
