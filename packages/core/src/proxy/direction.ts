/** One direction of a proxy: from one socket to the other. */

import { QueueFullError, UnroutableError } from "../errors.ts";
import { internals } from "../internals-key.ts";
import type { Message } from "../message/message.ts";
import { peerName } from "../message/peer-name.ts";
import type { DuplexSocket } from "../socket/duplex-socket.ts";
import type { ReceivingSocket } from "../socket/receiving-socket.ts";
import type { SendingSocket } from "../socket/sending-socket.ts";
import type { ProxyCapture } from "./capture.ts";
import { type Bounds, FullQueues, roomIn } from "./full-queues.ts";

export type Readable = ReceivingSocket | DuplexSocket;
export type Writable = SendingSocket | DuplexSocket;

/** Why a message was dropped. */
export type Undeliverable = UnroutableError | QueueFullError | TypeError;

/** The state that both directions share. */
export interface Passing {
  readonly bounds: Bounds;
  readonly capture: ProxyCapture | undefined;
  /** Aborted to stop reading. */
  readonly reading: AbortSignal;
  /** Aborted later, to put unsent messages back. */
  readonly sending: AbortSignal;
  /** Reports an error that no promise can report. */
  fail(error: unknown): void;
  /** Called for a message that is dropped. */
  drop(message: Message, error: Undeliverable): void;
}

/**
 * Forwards messages until one of the sockets closes, or `reading` aborts: then it rejects with the reason of `reading`. Unsent messages can be
 * received again.
 */
export async function passOn(from: Readable, to: Writable, passing: Passing, passed: () => void): Promise<void> {
  const { bounds, capture, reading, sending } = passing;
  const { inbox } = from[internals];
  const { outbox } = to[internals];
  // The proxy owns the memory, and nobody else writes to it before libzmq has sent it.
  const options = { signal: sending, copy: false };
  const full = outbox.hasLanes ? new FullQueues(outbox, finish) : undefined;

  /** Called when a message that waited for its peer was sent, or cannot be. */
  function finish(message: Message, error: unknown): void {
    try {
      if (error === undefined) succeed(message);
      else if (!report(message, error)) {
        inbox.putBack([message]);
        throw error;
      }
    } catch (thrown) {
      passing.fail(thrown);
    }
  }

  function succeed(message: Message): void {
    passed();
    capture?.send(message);
  }

  /** Whether an error concerns only this message, and the proxy continues. */
  function report(message: Message, error: unknown): boolean {
    const isItsOwn =
      error instanceof UnroutableError ||
      // A peer sent what the other side cannot send on, such as one frame to a Router.
      error instanceof TypeError ||
      (full !== undefined && error instanceof QueueFullError);
    if (isItsOwn) passing.drop(message, error);
    return isItsOwn;
  }

  try {
    for await (const message of from.messages({ signal: reading })) {
      const line = full?.lineOf(message);
      if (line !== undefined && !(await roomIn(line, bounds, sending)) && !sending.aborted) {
        passing.drop(message, tooFull(message, bounds));
        continue;
      }
      if (capture?.isFull) await roomIn(capture, bounds, sending);
      try {
        await outbox.send(message, options, undefined, full);
      } catch (error) {
        if (report(message, error)) continue;
        inbox.putBack([message]);
        throw error;
      }
      if (full?.hasTaken() !== true) succeed(message);
    }
  } finally {
    // If the source socket is closed, nobody can receive the messages again: they stay with the socket that they wait on.
    if (full !== undefined && reading.aborted) await full.emptied(sending);
    if (full !== undefined && !from.closed) inbox.putBack(await full.withdraw());
  }
}

function tooFull(message: Message, { maxQueued, patience }: Bounds): QueueFullError {
  return new QueueFullError(
    `Cannot send to peer ${peerName(message[0])}: ${maxQueued} messages wait for it (maxQueued), and it has accepted none for ${patience} ms (patience)`,
  );
}
