/** The streaming calls of a broker: which client and which worker each connects. */

import type { Message } from "@awaitmq/core";
import { TransientMap, toKey } from "@awaitmq/core/internals";
import { Allowance } from "../streams/allowance.ts";
import type { CreditSender } from "../streams/credit-sender.ts";
import { type Credit, decodeCredit, encodeCredit, noCredit, sumOf } from "../wire/credit.ts";
import {
  correlationOf,
  endsStream,
  flagsOf,
  isOfStream,
  type MessageType,
  messageTypes,
  streamHeader,
} from "../wire/envelope.ts";
import type { BalancedWorker } from "./balanced-workers.ts";
import type { BalancedRequest, Enveloped } from "./protocol.ts";

export class BalancedStream {
  readonly request: BalancedRequest;
  readonly client: Buffer;
  /** Its name among the streams of its client. */
  readonly correlation: string;
  /** The worker that has it. */
  worker: BalancedWorker | undefined;
  /** Its name at that worker. */
  tag = "";
  /** Whether the worker has begun it. It then stays with this worker. */
  isAccepted = false;
  /** Whether its client has cancelled it. */
  isCancelled = false;
  /** Whether its client gets nothing more. */
  isOver = false;
  /** Whether its client has been sent an error instead of what it missed. */
  isBroken = false;
  /** What the client said before a worker had begun the call. */
  #early: { readonly credit: Credit; readonly end: Enveloped | undefined } = { credit: noCredit, end: undefined };
  /** What the worker lets the client send. */
  readonly #allowance = new Allowance();
  /** Sends its client what the worker lets it send. */
  readonly credits: CreditSender;

  constructor(request: BalancedRequest, header: Buffer, credits: CreditSender) {
    this.request = request;
    this.credits = credits;
    this.client = request.message[0];
    this.correlation = correlationOf(header);
  }

  /** @throws EnvelopeError for items that the worker has not allowed */
  check({ header, body }: Enveloped): void {
    this.#allowance.charge(header[3] as MessageType, body);
  }

  /**
   * Keeps what the client says for the worker that begins the call. A plain worker would take it for a request.
   *
   * @throws EnvelopeError for an invalid credit
   */
  keep(found: Enveloped): void {
    const { credit } = this.#early;
    if (found.header[3] === messageTypes.credit)
      this.#early = { ...this.#early, credit: sumOf(credit, decodeCredit(found.body[0])) };
    else this.#early = { credit, end: found };
  }

  /** What was kept, for the worker. */
  kept(header: Buffer): readonly Enveloped[] {
    const { credit, end } = this.#early;
    const found: Enveloped[] = [];
    if (credit.items > 0 || credit.bytes > 0)
      found.push({ header: streamHeader(header, messageTypes.credit, 0, 0), body: [encodeCredit(credit)] });
    if (end !== undefined) found.push(end);
    return found;
  }

  /**
   * Notes what a worker sends. Returns whether it is the last message of the call.
   *
   * @throws EnvelopeError for an invalid credit
   */
  heed({ header, body }: Enveloped): boolean {
    this.isAccepted = true;
    if (header[3] === messageTypes.credit) this.#allowance.grant(decodeCredit(body[0]));
    return isFinal(header);
  }
}

/** All streams that a client has opened and that have not ended. */
export class BalancedStreams {
  readonly #clients = new TransientMap<string, TransientMap<string, BalancedStream>>();
  readonly #requests = new TransientMap<BalancedRequest, BalancedStream>();

  get size(): number {
    return this.#requests.size;
  }

  [Symbol.iterator](): Iterator<BalancedStream> {
    return this.#requests.values()[Symbol.iterator]();
  }

  /** One stream of each client. */
  *ofEachClient(): Iterable<BalancedStream> {
    for (const streams of this.#clients.values()) {
      const [first] = streams.values();
      if (first !== undefined) yield first;
    }
  }

  /** False if the client already has a stream with that correlation id. */
  add(stream: BalancedStream): boolean {
    const key = toKey(stream.client);
    let streams = this.#clients.get(key);
    if (streams === undefined) {
      streams = new TransientMap();
      this.#clients.set(key, streams);
    }
    if (streams.has(stream.correlation)) return false;
    streams.set(stream.correlation, stream);
    this.#requests.set(stream.request, stream);
    return true;
  }

  /** The stream that a message of a client belongs to. */
  find([client]: Message, header: Buffer): BalancedStream | undefined {
    return this.#clients.get(toKey(client))?.get(correlationOf(header));
  }

  /** The stream that a request opened, until it ends. */
  openedBy(request: BalancedRequest): BalancedStream | undefined {
    return this.#requests.get(request);
  }

  of(client: Buffer): readonly BalancedStream[] {
    return this.#clients.get(toKey(client))?.values() ?? [];
  }

  remove({ client, correlation, request }: BalancedStream): void {
    if (!this.#requests.delete(request)) return;
    const key = toKey(client);
    const streams = this.#clients.get(key);
    streams?.delete(correlation);
    if (streams?.size === 0) this.#clients.delete(key);
  }
}

/** Whether a worker ends a call with this message. */
export function isFinal(header: Buffer): boolean {
  const goesOn = isOfStream(header) || header[3] === messageTypes.enough;
  return !goesOn || endsStream(header[3] as MessageType, flagsOf(header));
}
