/** Reads the streams of a test. */

import type { Message } from "@awaitmq/core";
import type { ReplyStream } from "../../../src/index.ts";

/** The first frame of each item, as text, and the error that ended the stream, if one did. */
export interface Read {
  readonly items: string[];
  readonly error: unknown;
}

/** Reads a stream to its end, whatever that is. */
export async function readAll(stream: ReplyStream<Message>): Promise<Read> {
  const items: string[] = [];
  try {
    for await (const [frame] of stream) items.push(String(frame));
  } catch (error) {
    return { items, error };
  }
  return { items, error: undefined };
}

/** Reads a stream that ends well, and returns the first frame of each item as text. */
export async function itemsOf(stream: ReplyStream<Message>): Promise<string[]> {
  const { items, error } = await readAll(stream);
  if (error !== undefined) throw error;
  return items;
}

/** Reads so many items, which must come. */
export async function take(stream: ReplyStream<Message>, count: number): Promise<string[]> {
  const items: string[] = [];
  while (items.length < count) {
    const { value, done } = await stream.next();
    if (done) throw new Error(`The stream ended after ${items.length} of ${count} items`);
    items.push(String(value[0]));
  }
  return items;
}
