/** What a server does with a request: how it calls the handler, and how it encodes what that gives. */

import type { Frame, Message, Sendable } from "@awaitmq/core";
import { ownFrames, refuseGenerator } from "../../message/own-frames.ts";
import { isAsyncIterable } from "../../streams/answer.ts";
import { encodeValue } from "../../value/codec.ts";
import { readValue, type Values } from "../../value/values.ts";
import type { RequestContext, RequestHandler, ValueHandler } from "./serve-options.ts";

/** A handler of frames, whatever the program's own handler takes. */
export interface Handling {
  /** Returns or resolves to a reply in frames, or items for {@link encode}. */
  readonly answer: (message: Message, context: RequestContext<unknown>) => HandlerResult | PromiseLike<HandlerResult>;
  /** Returns the frames of an item, which nobody else changes. */
  readonly encode: (item: unknown) => readonly Frame[];
  /** Returns what the handler gets of an item that its client streams. */
  readonly read: (item: Message) => unknown | Promise<unknown>;
}

export type HandlerResult = Sendable | AsyncIterable<unknown>;

export function handlingFrames(handler: RequestHandler): Handling {
  return {
    answer: handler as ValueHandler<Message, Sendable> as Handling["answer"],
    encode: (item) => ownFrames(item as Sendable),
    read: (item) => item,
  };
}

/**
 * Decodes a request, calls the handler, and encodes its reply. A request that cannot be read fails before the handler.
 */
export function handlingValues(handler: ValueHandler<unknown, unknown>, values: Values): Handling {
  const encodeReply = (reply: unknown): HandlerResult => {
    if (isAsyncIterable(reply)) return reply;
    refuseGenerator(reply);
    return encodeValue(values.codec, reply, "as a reply") as Sendable;
  };

  function answer(request: unknown, context: RequestContext<unknown>): HandlerResult | Promise<HandlerResult> {
    const reply = handler(request, context);
    return typeof Object(reply).then === "function" ? Promise.resolve(reply).then(encodeReply) : encodeReply(reply);
  }

  return {
    answer: (message, context) => {
      const request = readValue(values, message, "as a request");
      if (!(request instanceof Promise)) return answer(request, context);
      return request.then((checked) => {
        context.signal.throwIfAborted();
        return answer(checked, context);
      });
    },
    encode: (item) => ownFrames(encodeValue(values.codec, item, "as an item") as Sendable),
    read: (item) => readValue(values, item, "as an item"),
  };
}
