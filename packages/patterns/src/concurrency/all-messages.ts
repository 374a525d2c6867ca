/** The messages of a socket for as long as a handle runs, however long none comes. */

import type { ReceivingSocket } from "@awaitmq/core";
import { type ItemSource, ItemStream, internals } from "@awaitmq/core/internals";
import type { LaneSource } from "./lanes.ts";

/**
 * The same as `socket.messages({ signal })`, but the socket's `receiveTimeout` does not apply: a handle that is idle has
 * not failed.
 */
export function allMessages<M>(socket: ReceivingSocket<M>, signal: AbortSignal): AsyncIterable<M> {
  return new ItemStream(socket[internals].inbox as ItemSource<M>, signal);
}

/** A socket as the source of the messages of lanes. */
export function sourceOf<M>(socket: ReceivingSocket<M>): LaneSource<M> {
  return {
    messages: (signal) => allMessages(socket, signal),
    putBack: (messages) => socket[internals].inbox.putBack(messages as never),
  };
}
