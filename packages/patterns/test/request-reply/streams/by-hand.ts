/** Peers that speak the envelope by hand: clients and servers that may lie. */

import { Dealer, type Message, Router } from "@awaitmq/core";
import { encodeCredit } from "../../../src/wire/credit.ts";
import {
  decodeHeader,
  encodeHeader,
  flagsOf,
  type Header,
  isHeader,
  type MessageType,
  messageTypes,
  positionOf,
  requestFlags,
  requestOf,
  streamHeader,
} from "../../../src/wire/envelope.ts";
import { encodeExtension } from "../../../src/wire/extension.ts";
import { ItemsReader, ItemsWriter } from "../../../src/wire/items.ts";
import type { Metadata } from "../../../src/wire/metadata.ts";
import { isPacket, readPacket } from "../../../src/wire/packet.ts";

/** A message of the envelope, as a peer by hand sees it. */
export interface Seen {
  readonly type: MessageType;
  readonly flags: number;
  readonly position: number;
  readonly request: number;
  readonly header: Buffer;
  readonly body: readonly Buffer[];
}

export interface Opening {
  readonly request: number;
  readonly body?: string;
  readonly credit?: { readonly items: number; readonly bytes: number };
  readonly metadata?: Metadata;
  readonly hasInput?: boolean;
}

const nothingYet = { type: 1, flags: 0, priority: 0, remaining: Number.POSITIVE_INFINITY, request: 0 } as const;

/** A client by hand. All that it receives waits in order. */
export class HandClient {
  readonly dealer: Dealer;
  readonly #client: number;
  #waiting: Seen[] = [];

  /** @param client the first half of its correlation ids */
  constructor(endpoint: string, client = 7, options: ConstructorParameters<typeof Dealer>[0] = {}) {
    this.#client = client;
    this.dealer = new Dealer({ linger: 0, receiveTimeout: 100_000, ...options });
    this.dealer.connect(endpoint);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dealer.close({ linger: 0 });
  }

  async open({ request, body = "?", credit = { items: 256, bytes: 1_048_576 }, metadata, hasInput }: Opening) {
    const extension = encodeExtension(credit, metadata);
    const flags = hasInput ? requestFlags.input : 0;
    await this.send({ type: messageTypes.open, flags, request, extension }, body);
  }

  async send(header: Partial<Header>, ...body: (Buffer | string)[]): Promise<void> {
    await this.dealer.send([encodeHeader({ ...nothingYet, client: this.#client, ...header }), null, ...body]);
  }

  /** Sends a message of a stream. */
  async post(request: number, type: MessageType, { position = 0, flags = 0 } = {}, ...body: (Buffer | string)[]) {
    const origin = encodeHeader({ ...nothingYet, client: this.#client, request });
    await this.dealer.send([streamHeader(origin, type, flags, position), null, ...body]);
  }

  async grant(request: number, items: number, bytes: number): Promise<void> {
    await this.post(request, messageTypes.credit, {}, encodeCredit({ items, bytes }));
  }

  /** The next message. */
  async next(): Promise<Seen> {
    while (this.#waiting.length === 0) this.#waiting = seenIn(await this.dealer.receive());
    return this.#waiting.shift() as Seen;
  }

  /** The next message of a call that is no credit. Those of other calls are dropped. */
  async answer(request: number): Promise<Seen> {
    for (;;) {
      const seen = await this.next();
      if (seen.request === request && seen.type !== messageTypes.credit) return seen;
    }
  }

  /** The code of the error that a call ends with. Items before it are dropped. */
  async failure(request: number): Promise<{ readonly code: string; readonly flags: number }> {
    for (;;) {
      const { type, flags, body } = await this.answer(request);
      if (type === messageTypes.error) return { code: JSON.parse(String(body[0])).code, flags };
      if (type !== messageTypes.item && type !== messageTypes.items)
        throw new Error(`The call ended with a message of the type ${type}`);
    }
  }
}

/** A server by hand, for one client. */
export class HandServer {
  readonly router: Router;
  readonly endpoint: string;
  readonly #peers = new Map<number, Buffer>();
  readonly #headers = new Map<number, Buffer>();

  private constructor(router: Router, endpoint: string) {
    this.router = router;
    this.endpoint = endpoint;
  }

  static async bind(): Promise<HandServer> {
    const router = new Router({ linger: 0, receiveTimeout: 100_000 });
    return new HandServer(router, await router.bind("tcp://127.0.0.1:*"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.router.close({ linger: 0 });
  }

  /** The next message of one of these types. Others are dropped. */
  async next(...types: MessageType[]): Promise<Seen> {
    for (;;) {
      const [peer, ...rest] = (await this.router.receive()) as [Buffer, ...Buffer[]];
      for (const seen of seenIn(rest as unknown as Message)) {
        if (!types.includes(seen.type)) continue;
        this.#peers.set(seen.request, peer);
        if (!this.#headers.has(seen.request)) this.#headers.set(seen.request, Buffer.from(seen.header));
        return seen;
      }
    }
  }

  /** The header that a call came with. */
  headerOf(request: number): Buffer {
    return Buffer.from(this.#headers.get(request) as Buffer);
  }

  /** Answers a call, or sends a message of its stream. */
  async post(request: number, type: MessageType, { position = 0, flags = 0 } = {}, ...body: (Buffer | string)[]) {
    const header = streamHeader(this.headerOf(request), type, flags, position);
    await this.router.send([this.#peers.get(request) as Buffer, header, null, ...body]);
  }

  /** Sends the client of a call a message with the ids of another header. */
  async forge(request: number, ids: Buffer, type: MessageType, ...body: (Buffer | string)[]): Promise<void> {
    await this.router.send([this.#peers.get(request) as Buffer, streamHeader(ids, type, 0, 0), null, ...body]);
  }

  async grant(request: number, items: number, bytes: number): Promise<void> {
    await this.post(request, messageTypes.credit, {}, encodeCredit({ items, bytes }));
  }
}

/** The messages in what a socket received, without routing ids. */
function seenIn(message: Message): Seen[] {
  const found: Seen[] = [];
  const add = (header: Buffer, body: readonly Buffer[]) => {
    const { type } = decodeHeader(header);
    found.push({
      type,
      flags: flagsOf(header),
      position: positionOf(header),
      request: requestOf(header),
      header: Buffer.from(header),
      body: body.map((frame) => Buffer.from(frame)),
    });
  };
  if (isPacket(message, 0)) readPacket(message[0], add);
  else if (isHeader(message[0])) add(message[0], message.slice(2));
  else throw new Error("A message without a header came");
  return found;
}

/** Several small items in one frame. */
export function itemsFrame(...items: readonly string[]): Buffer {
  const writer = new ItemsWriter();
  for (const item of items) writer.add([item]);
  return writer.finish();
}

/** The items in a message of a stream, as text. */
export function itemsIn({ type, body }: Seen): string[] {
  if (type === messageTypes.item) return [String(body[0])];
  if (type !== messageTypes.items) return [];
  const items: string[] = [];
  for (const reader = new ItemsReader(body[0] as Buffer); !reader.isEmpty; ) items.push(String(reader.next()[0]));
  return items;
}
