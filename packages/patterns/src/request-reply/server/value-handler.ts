/** Turns a handler of values into a handler of frames. */

import type { Sendable } from "@awaitmq/core";
import { encodeValue } from "../../value/codec.ts";
import { readValue, type Values } from "../../value/values.ts";
import type { RequestContext, RequestHandler, ValueHandler } from "./serve-options.ts";

/**
 * Decodes a request, calls the handler, and encodes its reply. A request that cannot be read fails before the handler.
 */
export function handlingValues(handler: ValueHandler<unknown, unknown>, values: Values): RequestHandler {
  const encode = (reply: unknown): Sendable => encodeValue(values.codec, reply, "as a reply");

  function answer(request: unknown, context: RequestContext): Sendable | Promise<Sendable> {
    const reply = handler(request, context);
    return typeof Object(reply).then === "function" ? Promise.resolve(reply).then(encode) : encode(reply);
  }

  return (message, context) => {
    const request = readValue(values, message, "as a request");
    if (!(request instanceof Promise)) return answer(request, context);
    return request.then((checked) => {
      context.signal.throwIfAborted();
      return answer(checked, context);
    });
  };
}
