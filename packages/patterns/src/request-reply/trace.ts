/**
 * Traces of requests on channels of node:diagnostics_channel. They cost nothing while nobody subscribes.
 *
 * | channel                         | when                                          | message                          |
 * | ------------------------------- | --------------------------------------------- | -------------------------------- |
 * | `awaitmq:client:request:start`  | `request` was called, or a stream begins      | {@link RequestTrace}             |
 * | `awaitmq:client:request:end`    | its reply came, or its stream ended           | the same object, with `duration` |
 * | `awaitmq:client:request:error`  | it failed                                     | and with `error`                 |
 * | `awaitmq:server:request:start`  | a handler begins                              | {@link RequestTrace}             |
 * | `awaitmq:server:request:end`    | it gave a reply, or finished its stream       | the same object, with `duration` |
 * | `awaitmq:server:request:error`  | it threw                                      | and with `error`                 |
 */

import { type Channel, channel } from "node:diagnostics_channel";

/**
 * A request on the channels of `node:diagnostics_channel`. The same object is published from start to end.
 *
 * @category Request and reply
 */
export interface RequestTrace {
  /** The body of the request. */
  readonly message: unknown;
  /** Milliseconds from the start to the end or error. */
  duration?: number;
  /** The error, on the error channels. */
  error?: unknown;
}

class Trace {
  readonly #start: Channel;
  readonly #end: Channel;
  readonly #error: Channel;

  constructor(side: "client" | "server") {
    this.#start = channel(`awaitmq:${side}:request:start`);
    this.#end = channel(`awaitmq:${side}:request:end`);
    this.#error = channel(`awaitmq:${side}:request:error`);
  }

  /**
   * Publishes the start of a request. Returns a function that publishes its outcome, or undefined if nobody subscribes.
   */
  start(message: unknown): ((failure?: { readonly error: unknown }) => void) | undefined {
    if (!this.#start.hasSubscribers && !this.#end.hasSubscribers && !this.#error.hasSubscribers) return undefined;
    const trace: RequestTrace = { message };
    const began = performance.now();
    this.#start.publish(trace);
    return (failure) => {
      trace.duration = performance.now() - began;
      if (failure === undefined) this.#end.publish(trace);
      else {
        trace.error = failure.error;
        this.#error.publish(trace);
      }
    };
  }
}

export const clientTrace = new Trace("client");
export const serverTrace = new Trace("server");
