/** The time that sends still have when their work has been aborted. */

import { setMaxListeners } from "node:events";
import { TimeoutError } from "@awaitmq/core";
import { longestTimer } from "@awaitmq/core/internals";

/** A signal that is aborted, with a `TimeoutError`, so many milliseconds after another. Release it when nobody waits any more. */
export function lingering(
  signal: AbortSignal | undefined,
  milliseconds: number,
): { readonly signal: AbortSignal; release(): void } {
  const late = new AbortController();
  setMaxListeners(0, late.signal);
  let timer: NodeJS.Timeout | undefined;
  const expire = () =>
    late.abort(new TimeoutError(`The message could not be sent within ${milliseconds} ms after the abort`));
  const abort = () => {
    if (milliseconds <= longestTimer) timer = setTimeout(expire, milliseconds);
  };
  signal?.addEventListener("abort", abort);
  return {
    signal: late.signal,
    release() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    },
  };
}
