/** Carries the messages of streaming calls between the clients and the workers of a broker. */

import {
  type Frame,
  type Message,
  type MessagingError,
  type Router,
  UnroutableError,
  UnsupportedError,
} from "@awaitmq/core";
import { fromKey, internals } from "@awaitmq/core/internals";
import { DisconnectedError, EnvelopeError, UnavailableError } from "../errors.ts";
import { CreditSender } from "../streams/credit-sender.ts";
import { decodeCredit, encodeCredit, noCredit } from "../wire/credit.ts";
import { answering, messageTypes, streamHeader } from "../wire/envelope.ts";
import { BalancedStream, BalancedStreams, isFinal } from "./balanced-stream.ts";
import type { BalancedWorker } from "./balanced-workers.ts";
import type { BalancedRequest, Enveloped, WorkerReply } from "./protocol.ts";

/** What the broker does for its streams. */
export interface RelayOwner {
  /** Sends a message to a client, in order. Resolves to the reason why it was dropped, if it was. */
  answer(message: Message): Promise<MessagingError | undefined>;
  /** A stream that waits for a worker is over. */
  withdraw(request: BalancedRequest): void;
  /** Aborted when messages that wait for their clients are dropped. */
  readonly late: AbortSignal;
}

const empty = Buffer.alloc(0);
const waiting = () => ({ timeout: Number.POSITIVE_INFINITY, isUrgent: true });

export class StreamRelay {
  readonly #frontend: Router;
  readonly #backend: Router;
  readonly #owner: RelayOwner;
  readonly #streams = new BalancedStreams();

  constructor(frontend: Router, backend: Router, owner: RelayOwner) {
    this.#frontend = frontend;
    this.#backend = backend;
    this.#owner = owner;
  }

  /** How many streams there are. */
  get size(): number {
    return this.#streams.size;
  }

  /**
   * Notes a request that opens a stream. Its client learns at once that it may cancel, however long no worker has room.
   * False if the client already has a stream with that correlation id.
   */
  open(request: BalancedRequest): boolean {
    const header = request.openHeader;
    if (header === undefined) return true;
    const credits = new CreditSender((credit, sent) => {
      const found = { header: streamHeader(header, messageTypes.credit, 0, 0), body: [encodeCredit(credit)] };
      this.#control(request.toClient(found), sent);
    });
    const stream = new BalancedStream(request, header, credits);
    if (!this.#streams.add(stream)) return false;
    credits.grant(noCredit);
    return true;
  }

  /** The stream that a request opened, until it ends. */
  openedBy(request: BalancedRequest): BalancedStream | undefined {
    return this.#streams.openedBy(request);
  }

  /** A request goes to a worker. */
  given(request: BalancedRequest, worker: BalancedWorker, tag: string): void {
    const stream = this.#streams.openedBy(request);
    if (stream === undefined) return;
    stream.worker = worker;
    stream.tag = tag;
  }

  /** Takes a message that a client sends in a stream. */
  fromClient(message: Message, found: Enveloped): void {
    const stream = this.#streams.find(message, found.header);
    // Without one it comes late.
    if (stream === undefined || stream.isOver) return;
    if (found.header[3] === messageTypes.cancel) {
      stream.isCancelled = true;
      if (stream.worker === undefined) this.#leave(stream);
      else if (stream.isAccepted) this.#toWorker(stream, found);
      return;
    }
    try {
      stream.check(found);
      if (stream.isAccepted) this.#toWorker(stream, found);
      else stream.keep(found);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      this.fail(stream, error);
    }
  }

  /** Takes a message that a worker sends for a stream. Returns whether the worker has finished it. */
  fromWorker(stream: BalancedStream, { header, body }: WorkerReply): boolean {
    if (header === undefined || header[3] === messageTypes.open) {
      this.fail(
        stream,
        new UnsupportedError("Cannot stream: the worker that got the call gives one reply. Call `request`"),
      );
      this.#end(stream);
      return true;
    }
    let isLast = false;
    const wasAccepted = stream.isAccepted;
    try {
      isLast = stream.heed({ header, body });
      if (!stream.isOver) this.#passOn(stream, { header, body });
      if (!wasAccepted && !isLast) this.#catchUp(stream);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      this.fail(stream, error);
    }
    if (isLast) this.#end(stream);
    return isLast;
  }

  /**
   * A worker answers what it does not hold. If it streams, as for an earlier broker, it is to stop: it has no room yet.
   * Returns whether it streams.
   */
  stray(worker: Buffer, { tag, header }: WorkerReply): boolean {
    if (header === undefined || isFinal(header)) return false;
    const message = [worker, empty, fromKey(tag), cancelling(header).header, empty];
    this.#backend[internals].outbox.sendUnordered(message, () => ({ timeout: 0 })).catch(nothing);
    return true;
  }

  /** The worker of a stream is gone. Returns whether another may have it. */
  workerLost(request: BalancedRequest): boolean {
    const stream = this.#streams.openedBy(request);
    if (stream === undefined) return true;
    stream.worker = undefined;
    if (stream.isAccepted || stream.isOver)
      this.fail(stream, new DisconnectedError("The worker of this stream disconnected"));
    else if (stream.isCancelled) this.#leave(stream);
    else return true;
    return false;
  }

  /** A client is gone. */
  clientLost(client: Buffer): void {
    for (const stream of this.#streams.of(client)) {
      if (stream.worker === undefined) this.#withdraw(stream);
      else this.#cancel(stream);
    }
  }

  /** Ends a stream with an error that its client gets, and tells its worker. */
  fail(stream: BalancedStream, error: MessagingError): void {
    const wasOver = stream.isOver;
    if (stream.worker === undefined) this.#withdraw(stream);
    else this.#cancel(stream);
    if (!wasOver) void this.#owner.answer(failureOf(stream, error));
  }

  /** The broker ends. */
  failAll(): void {
    for (const stream of this.#streams)
      if (stream.worker !== undefined)
        this.fail(stream, new UnavailableError("The broker shut down before this stream ended"));
  }

  /** A request was dropped. False if it opened no stream. */
  dropped(request: BalancedRequest, error: MessagingError): boolean {
    const stream = this.#streams.openedBy(request);
    if (stream !== undefined) this.fail(stream, error);
    return stream !== undefined;
  }

  /** Tests whether clients of streams are connected, where libzmq does not report it. */
  probe(): void {
    for (const { client, request } of this.#streams.ofEachClient()) {
      const header = answering(Buffer.from(request.openHeader as Buffer), messageTypes.probe);
      this.#frontend[internals].outbox
        .sendUnordered([client, header, empty], () => ({ timeout: 0 }))
        .catch((error) => {
          if (error instanceof UnroutableError) this.clientLost(client);
        });
    }
  }

  #passOn(stream: BalancedStream, found: Enveloped): void {
    const type = found.header[3];
    if (type === messageTypes.credit) stream.credits.grant(decodeCredit(found.body[0]));
    else if (type === messageTypes.enough) this.#control(stream.request.toClient(found), nothing);
    else void this.#toClient(stream, found);
  }

  /** Sends a client credit, or asks it for no more items. If that cannot be sent, the client is gone. */
  #control(message: Message, sent: () => void): void {
    this.#frontend[internals].outbox.sendUnordered(message, waiting).then(sent, sent);
  }

  async #toClient(stream: BalancedStream, found: Enveloped): Promise<void> {
    const dropped = await this.#owner.answer(stream.request.toClient(found));
    if (dropped instanceof UnroutableError) this.clientLost(stream.client);
    else if (dropped !== undefined) this.#break(stream, dropped);
  }

  /** A message was dropped. The client learns it when it reads again. */
  #break(stream: BalancedStream, dropped: MessagingError): void {
    const { late } = this.#owner;
    this.#cancel(stream);
    if (stream.isBroken || late.aborted) return;
    stream.isBroken = true;
    const error = new UnavailableError(`The broker dropped items of this stream: ${dropped.message}`);
    this.#frontend[internals].outbox
      .sendUnordered(failureOf(stream, error), () => ({ ...waiting(), signal: late }))
      .catch(nothing);
  }

  /** The worker has begun the call. It gets what the client said before. */
  #catchUp(stream: BalancedStream): void {
    const header = stream.request.openHeader as Buffer;
    for (const found of stream.kept(header)) this.#toWorker(stream, found);
    if (stream.isCancelled || stream.isOver) this.#toWorker(stream, cancelling(header));
  }

  /** The client has left before a worker had begun the call. */
  #leave(stream: BalancedStream): void {
    this.#withdraw(stream);
    const header = streamHeader(stream.request.openHeader as Buffer, messageTypes.end, 0, 0);
    void this.#owner.answer(stream.request.toClient({ header, body: [] }));
  }

  /** No worker gets the call. */
  #withdraw(stream: BalancedStream): void {
    this.#end(stream);
    this.#owner.withdraw(stream.request);
  }

  /** The client gets nothing more. Its worker is notified, and has the call until it has finished. */
  #cancel(stream: BalancedStream): void {
    const { isOver, isAccepted, request } = stream;
    stream.isOver = true;
    if (!isOver && isAccepted) this.#toWorker(stream, cancelling(request.openHeader as Buffer));
  }

  #toWorker(stream: BalancedStream, { header, body }: Enveloped): void {
    const { worker, tag } = stream;
    if (worker === undefined) return;
    const message: Frame[] = [worker.id, empty, fromKey(tag), header, empty, ...body];
    const isControl = header[3] === messageTypes.credit || header[3] === messageTypes.cancel;
    const sent = isControl
      ? this.#backend[internals].outbox.sendUnordered(message, waiting)
      : this.#backend.send(message, { copy: false });
    sent.catch((error) => {
      // A worker that disconnected is handled elsewhere.
      if (!isControl && !(error instanceof UnroutableError))
        this.fail(
          stream,
          new UnavailableError(`The broker dropped items for the worker of this stream: ${error.message}`),
        );
    });
  }

  #end(stream: BalancedStream): void {
    stream.isOver = true;
    this.#streams.remove(stream);
  }
}

function cancelling(header: Buffer): Enveloped {
  return { header: streamHeader(header, messageTypes.cancel, 0, 0), body: [] };
}

/** The error that ends a stream, for its client. */
function failureOf({ request }: BalancedStream, error: MessagingError): Message {
  return request.failure(error) as Message;
}

function nothing(): void {}
