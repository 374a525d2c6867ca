/** What a client that knows no errors gets in their place: what the option `errorReply` gives, or one empty frame. */

import type { Frame, Sendable } from "@awaitmq/core";
import { ask } from "@awaitmq/core/internals";
import { ownFrames } from "./own-frames.ts";

/** @param of what has the option, for the warning where it throws, or gives what can't be sent */
export function errorReplyOf<Given extends readonly unknown[]>(
  of: string,
  errorReply: (...given: Given) => Sendable | Promise<Sendable>,
  ...given: Given
): Promise<readonly Frame[]> {
  const frames = async (...all: Given) => ownFrames(await errorReply(...all));
  return ask<Given, readonly Frame[]>(`errorReply of ${of}`, frames, [null], ...given);
}
