/** One way of a proxy: from one socket to the other. */

import { QueueFullError, UnroutableError } from "../errors.ts";
import { internals } from "../internals-key.ts";
import type { Message } from "../message/message.ts";
import { peerName } from "../message/peer-name.ts";
import type { DuplexSocket, ReceivingSocket, SendingSocket } from "../socket/socket.ts";
import type { ProxyCapture } from "./capture.ts";
import { type Bounds, FullQueues, roomIn } from "./full-queues.ts";

export type Readable = ReceivingSocket | DuplexSocket;
export type Writable = SendingSocket | DuplexSocket;

/** What both ways have in common. */
export interface Passing {
  readonly bounds: Bounds;
  readonly capture: ProxyCapture | undefined;
  /** Aborted when no more is to be taken. */
  readonly reading: AbortSignal;
  /** Aborted, after the other, when what waits to be sent is to go back. */
  readonly sending: AbortSignal;
  /** What can't be told by a promise. */
  fail(error: unknown): void;
  /** Told of a message that goes nowhere. */
  drop(message: Message, error: UnroutableError | QueueFullError): void;
}

/**
 * Passes on what arrives, until one of the sockets closes or `reading` is aborted, with whose reason it then rejects. Messages that could not be
 * sent are received again.
 */
export async function passOn(from: Readable, to: Writable, passing: Passing, passed: () => void): Promise<void> {
  const { bounds, capture, reading, sending } = passing;
  const { inbox } = from[internals];
  const { outbox } = to[internals];
  // The memory is the proxy's own, and nobody else writes to it before libzmq has sent it.
  const options = { signal: sending, copy: false };
  const full = outbox.hasLanes ? new FullQueues(outbox, finish) : undefined;

  /** A message that waited for its peer was sent, or can't be. */
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

  /** Whether an error is that of a message alone, and no end of the proxy. */
  function report(message: Message, error: unknown): boolean {
    const isItsOwn = error instanceof UnroutableError || (full !== undefined && error instanceof QueueFullError);
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
    // Where the messages came from is nobody any more to receive them again: they stay with the socket that they wait on.
    if (full !== undefined && reading.aborted) await full.emptied(sending);
    if (full !== undefined && !from.closed) inbox.putBack(await full.withdraw());
  }
}

function tooFull(message: Message, { maxQueued, patience }: Bounds): QueueFullError {
  return new QueueFullError(
    `Cannot send to peer ${peerName(message[0])}: ${maxQueued} messages wait for it (maxQueued), and it has taken none for ${patience} ms`,
  );
}
