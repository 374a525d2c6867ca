/** Several loops over one socket, each of which deals with one message at a time. */

import { setMaxListeners } from "node:events";
import type { ReceivingSocket } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";

export interface LanesOptions<M> {
  /** How many messages are dealt with at once. */
  readonly count: number;
  /** What is done with a message. When it rejects no further message is begun. */
  readonly perform: (message: M) => Promise<void>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Takes a message only when a lane is free for it, so that the others stay with the socket. Resolves when the socket has closed,
 * rejects with `signal.reason` or what the first failure was; in any case when what had begun has ended.
 */
export async function inLanes<M>(
  socket: ReceivingSocket<M>,
  { count, perform, signal }: LanesOptions<M>,
): Promise<void> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  // One for each lane, of which Node would warn as of a leak.
  setMaxListeners(0, stop.signal);
  let failure: { readonly error: unknown } | undefined;

  function fail(error: unknown): void {
    failure ??= { error };
    stop.abort(error);
  }

  async function lane(): Promise<void> {
    try {
      for await (const message of socket.messages({ signal: stop.signal })) {
        if (stop.signal.aborted) return socket[internals].inbox.putBack([message]);
        await perform(message);
      }
    } catch (error) {
      fail(error);
    }
  }

  const abort = () => fail(signal?.reason);
  signal?.addEventListener("abort", abort);
  await Promise.all(Array.from({ length: count }, lane));
  signal?.removeEventListener("abort", abort);
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
}
