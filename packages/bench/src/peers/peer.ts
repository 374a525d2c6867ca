/**
 * What a system under measurement can do. Its loops are written as its own documentation writes them, and stand in each peer's file
 * again: they are what is measured, and one function for all would be compiled for all.
 */

export interface MessageShape {
  /** Bytes of a message. */
  readonly size: number;
  /** Whether the sender copies what it sends, on peers that leave the choice. @default true */
  readonly copy?: boolean | undefined;
  /** Whether the receiver reads arrays of messages, on peers that leave the choice. @default false */
  readonly batches?: boolean | undefined;
}

/** Does that many messages, or round trips, and resolves when the last is done. May be called again, one call at a time. */
export type Loop = (count: number) => Promise<void>;

export interface AskingShape extends MessageShape {
  /** Requests that wait for their reply at a time. */
  readonly inFlight: number;
}

export interface ServerSettings {
  /** Handlers that run at once, on peers that can limit them. @default no limit */
  readonly concurrency?: number | undefined;
}

/**
 * One system, one file, with what the questions ask of it. Each end runs in a process of its own, until that is killed; sockets keep
 * their usual queues.
 */
export interface Peer {
  /** Binds to a free port of the loopback interface. `receive` rejects when the bytes are not those that were sent. */
  receiver?(shape: MessageShape): Promise<{ readonly endpoint: string; readonly receive: Loop }>;
  /** Connects; each message is awaited before the next. */
  sender?(endpoint: string, shape: MessageShape): Promise<Loop>;
  /** Binds, gives the endpoint, and from then on answers each request with its own bytes. */
  replier?(): Promise<string>;
  /** Connects; each reply is awaited before the next request. */
  requester?(endpoint: string, shape: MessageShape): Promise<Loop>;
  /** Binds, and publishes under the topic "t" to those that are there, no faster than the slowest reads. */
  publisher?(shape: MessageShape): Promise<{ readonly endpoint: string; readonly publish: Loop }>;
  /** Connects and subscribes. `Infinity` reads for ever. */
  subscriber?(endpoint: string, shape: MessageShape): Promise<Loop>;
  /** Serves any number of requests at once, each with its own bytes, at the endpoint that it gives. */
  server?(settings: ServerSettings): Promise<string>;
  /** Connects; keeps so many requests in flight until all have their reply. */
  asker?(endpoint: string, shape: AskingShape): Promise<Loop>;
}

/** Where to bind: any free port. */
export const anyPort = "tcp://127.0.0.1:*";

export function checkBytes(found: number, expected: number): void {
  if (found !== expected) throw new Error(`${found} bytes arrived where ${expected} were sent`);
}

/** Reads so many messages by a loop, and checks the bytes of one frame of each. A process runs one peer, so that V8 sees one kind of them. */
export async function readBytes(
  messages: AsyncIterable<readonly Buffer[]>,
  frame: number,
  count: number,
  size: number,
): Promise<void> {
  let seen = 0;
  let bytes = 0;
  for await (const message of messages) {
    bytes += (message[frame] as Buffer).length;
    if (++seen === count) break;
  }
  checkBytes(bytes, count * size);
}
