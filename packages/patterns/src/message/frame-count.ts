/** How many frames a message may have. */

import { EnvelopeError } from "../errors.ts";

/** Frames of a message, at most, envelope and body together: more would make readers keep as much as a peer likes. */
export const mostFrames = 1_024;

/** @throws EnvelopeError for more than {@link mostFrames} */
export function checkFrameCount(frames: readonly Buffer[]): void {
  if (frames.length > mostFrames) throw tooManyFrames(frames);
}

export function tooManyFrames({ length }: readonly Buffer[]): EnvelopeError {
  return new EnvelopeError(`Cannot read a message of ${length} frames: the limit is ${mostFrames} frames`);
}
