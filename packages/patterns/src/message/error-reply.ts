/** What a client that knows no errors gets in their place: what the option `errorReply` gives, or one empty frame. */

import type { Sendable } from "@awaitmq/core";
import { ask, toFrames } from "@awaitmq/core/internals";

/** @param of what has the option, for the warning where it throws, or gives what can't be sent */
export function errorReplyOf<Given extends readonly unknown[]>(
  of: string,
  errorReply: (...given: Given) => Sendable | Promise<Sendable>,
  ...given: Given
): Promise<Sendable> {
  const checked = async (...all: Given): Promise<Sendable> => toFrames(await errorReply(...all), false);
  return ask<Given, Sendable>(`errorReply of ${of}`, checked, null, ...given);
}
