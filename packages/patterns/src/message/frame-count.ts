/** The limit on the frames of a message. */

import { EnvelopeError } from "../errors.ts";

/**
 * The most frames in a message, envelope and body together. Without a limit, a peer could make readers keep any amount.
 */
export const mostFrames = 1_024;

/** @throws EnvelopeError for more than {@link mostFrames} */
export function checkFrameCount(frames: readonly Buffer[]): void {
  if (frames.length > mostFrames) throw tooManyFrames(frames);
}

export function tooManyFrames({ length }: readonly Buffer[]): EnvelopeError {
  return new EnvelopeError(`Cannot read a message of ${length} frames: the limit is ${mostFrames} frames`);
}
