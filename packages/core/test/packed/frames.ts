/** Packed frames, written and read without a socket. */

import { PackedFrame, spaceFor, writeLength, writePrefix } from "../../src/packed/format.ts";

export function frameOf(...messages: readonly Buffer[]): Buffer {
  const frame = Buffer.alloc(3 + messages.reduce((sum, { length }) => sum + spaceFor(length), 0));
  let at = writePrefix(frame);
  for (const message of messages) {
    at = writeLength(frame, at, message.length);
    message.copy(frame, at);
    at += message.length;
  }
  return frame;
}

export function read(bytes: Buffer, tail?: Buffer): { messages: string[]; error: unknown } {
  const messages: string[] = [];
  try {
    const frame = new PackedFrame(bytes, tail);
    for (let message = frame.next(); message !== undefined; message = frame.next())
      messages.push(message.toString("hex"));
  } catch (error) {
    return { messages, error };
  }
  return { messages, error: undefined };
}
