/**
 * The functions of a measured system. Their loops follow the system's own documentation. Each peer's file repeats the loops on
 * purpose: V8 would compile one shared function for all peers, which would distort the figures.
 */

import type { Price, PriceRequest } from "./prices.ts";
import type { Quote } from "./quotes.ts";

export interface MessageShape {
  /** The size of a message in bytes. */
  readonly size: number;
  /** Whether the sender copies messages, on peers with that option. @default true */
  readonly copy?: boolean | undefined;
  /** Whether the receiver reads arrays of messages, on peers with that option. @default false */
  readonly batches?: boolean | undefined;
}

/** Does `count` messages or round trips, and resolves after the last. It may be called again, one call at a time. */
export type Loop = (count: number) => Promise<void>;

export interface AskingShape extends MessageShape {
  /** Requests in flight at a time. */
  readonly inFlight: number;
}

export interface ServerSettings {
  /** The limit on running handlers, on peers with that option. @default no limit */
  readonly concurrency?: number | undefined;
}

export interface CallerSettings {
  /** Calls in flight at a time, for peers whose documentation recommends other settings for many calls. */
  readonly inFlight: number;
}

/** Calls the method, and resolves with its result. */
export type Call = (request: PriceRequest) => Promise<Price>;

/** Opens a stream of `count` quotes. Calls `take` for each, waits for its promise if it returns one, and resolves at the stream's end. */
export type ReadStream = (count: number, take: (quote: Quote) => Promise<unknown> | undefined) => Promise<void>;

/**
 * One measured system, with the functions that the questions need. Each end runs in its own process until that is killed.
 * Sockets have their default queues.
 */
export interface Peer {
  /** Binds to a free port of the loopback interface. `receive` rejects if the bytes differ from the sent ones. */
  receiver?(shape: MessageShape): Promise<{ readonly endpoint: string; readonly receive: Loop }>;
  /** Connects; each message is awaited before the next. */
  sender?(endpoint: string, shape: MessageShape): Promise<Loop>;
  /** Binds, returns the endpoint, and then answers each request with its own bytes. */
  replier?(): Promise<string>;
  /** Connects; each reply is awaited before the next request. */
  requester?(endpoint: string, shape: MessageShape): Promise<Loop>;
  /** Binds, and publishes under the topic "t" to connected subscribers, no faster than the slowest one reads. */
  publisher?(shape: MessageShape): Promise<{ readonly endpoint: string; readonly publish: Loop }>;
  /** Connects and subscribes. `Infinity` reads forever. */
  subscriber?(endpoint: string, shape: MessageShape): Promise<Loop>;
  /** Serves any number of requests at once. Returns the endpoint; each reply has the request's bytes. */
  server?(settings: ServerSettings): Promise<string>;
  /** Connects; keeps `inFlight` requests in flight until all have their reply. */
  asker?(endpoint: string, shape: AskingShape): Promise<Loop>;
  /** Serves a method with a price for each symbol, any number of calls at once. Returns the endpoint. */
  callServer?(): Promise<string>;
  /** Connects. All calls share the connection, on peers whose calls can. */
  caller?(endpoint: string, settings: CallerSettings): Promise<Call>;
  /** Serves streams of quotes as JSON, any number at once. Each has as many quotes as its client asks for. Returns the endpoint. */
  streamServer?(): Promise<string>;
  /** Connects. All streams share the connection. */
  streamReader?(endpoint: string): Promise<ReadStream>;
}

/** The address to bind: any free port. */
export const anyPort = "tcp://127.0.0.1:*";

export function checkBytes(found: number, expected: number): void {
  if (found !== expected) throw new Error(`${found} bytes arrived where ${expected} were sent`);
}

/** Reads `count` messages in a loop, and checks one frame of each. A process runs only one peer, so V8 sees one kind of message. */
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
