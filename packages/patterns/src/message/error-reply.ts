/**
 * The reply to a client that does not know errors: the details of the error, what the option `errorReply` returns, or one
 * empty frame.
 */

import type { Frame, Sendable } from "@awaitmq/core";
import { ask } from "@awaitmq/core/internals";
import { detailsOf } from "../wire/error-details.ts";
import { ownFrames } from "./own-frames.ts";

/**
 * The id of a failed request.
 *
 * @category Request and reply
 */
export interface Failure {
  /** The `id` of the client's `RemoteError`. */
  readonly id: string;
}

/**
 * @param of what has the option. The warning names it if `errorReply` throws or returns something that cannot be sent
 */
export function errorReplyOf<Given extends readonly [error: unknown, ...unknown[]]>(
  of: string,
  errorReply: (...given: Given) => Sendable | Promise<Sendable>,
  ...given: Given
): Promise<readonly Frame[]> {
  const details = detailsOf(given[0], true);
  if (details !== undefined) return Promise.resolve(details);
  const frames = async (...all: Given) => ownFrames(await errorReply(...all));
  return ask<Given, readonly Frame[]>(`errorReply of ${of}`, frames, [null], ...given);
}
