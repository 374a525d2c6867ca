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
import { answering, errorFlags, messageTypes, streamHeader } from "../wire/envelope.ts";
import { encodeError } from "../wire/error-body.ts";
import { BalancedStream, BalancedStreams } from "./balanced-stream.ts";
import type { BalancedWorker } from "./balanced-workers.ts";
import type { BalancedRequest, Enveloped, WorkerReply } from "./protocol.ts";

/** What the broker does for its streams. */
export interface RelayOwner {
  /** Sends a message to a client, in order. Resolves to the reason why it was dropped, if it was. */
  answer(message: Message): Promise<MessagingError | undefined>;
  /** A stream that waits for a worker is over. */
  withdraw(request: BalancedRequest): void;
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

  /** Notes a request that opens a stream. False if its client already has a stream with that correlation id. */
  open(request: BalancedRequest): boolean {
    const header = request.openHeader;
    if (header === undefined) return true;
    return this.#streams.add(new BalancedStream(request, header));
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
    try {
      stream.check(found);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      this.fail(stream, error);
      return;
    }
    if (found.header[3] === messageTypes.cancel && stream.worker === undefined) {
      this.#owner.withdraw(stream.request);
      this.#end(stream);
      void this.#owner.answer(stream.request.toClient({ header: ending(found.header), body: [] }));
    } else this.#toWorker(stream, found);
  }

  /** Takes a message that a worker sends for a stream. Returns whether the worker has finished it. */
  fromWorker(stream: BalancedStream, { header, body }: WorkerReply): boolean {
    if (header === undefined || header[3] === messageTypes.open) {
      this.fail(stream, new UnsupportedError("Cannot stream: the worker that got the call gives one reply"));
      this.#end(stream);
      return true;
    }
    let isLast = true;
    try {
      isLast = stream.heed({ header, body });
      if (!stream.isOver) void this.#toClient(stream, { header, body });
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      this.fail(stream, error);
    }
    if (isLast) this.#end(stream);
    return isLast;
  }

  /** The worker of a stream is gone. Returns whether another may have it. */
  workerLost(request: BalancedRequest): boolean {
    const stream = this.#streams.openedBy(request);
    if (stream === undefined) return true;
    stream.worker = undefined;
    if (!stream.isAccepted && !stream.isOver) return true;
    this.fail(stream, new DisconnectedError("The worker of this stream disconnected"));
    this.#end(stream);
    return false;
  }

  /** A client is gone. */
  clientLost(client: Buffer): void {
    for (const stream of this.#streams.of(client)) {
      if (stream.worker === undefined) {
        this.#owner.withdraw(stream.request);
        this.#end(stream);
      } else this.#cancel(stream);
    }
  }

  /** Ends a stream with an error that its client gets, and tells its worker. */
  fail(stream: BalancedStream, error: MessagingError): void {
    const flags = errorFlags.own;
    const wasOver = stream.isOver;
    this.#cancel(stream);
    if (wasOver) return;
    const header = streamHeader(stream.request.openHeader as Buffer, messageTypes.error, flags, 0);
    const body = [Buffer.from(encodeError(error, { exposure: "message", flags }))];
    void this.#owner.answer(stream.request.toClient({ header, body }));
  }

  /** The broker ends. */
  failAll(): void {
    for (const stream of this.#streams)
      if (stream.worker !== undefined)
        this.fail(stream, new UnavailableError("The broker shut down before this stream ended"));
  }

  /** A request that opened a stream was dropped. */
  dropped(request: BalancedRequest, error: MessagingError): void {
    const stream = this.#streams.openedBy(request);
    if (stream === undefined) return;
    this.fail(stream, error);
    this.#end(stream);
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

  async #toClient(stream: BalancedStream, found: Enveloped): Promise<void> {
    const message = stream.request.toClient(found);
    const type = found.header[3];
    if (type === messageTypes.credit || type === messageTypes.enough) {
      // If it cannot be sent, the client is gone.
      this.#frontend[internals].outbox.sendUnordered(message, waiting).catch(nothing);
      return;
    }
    const dropped = await this.#owner.answer(message);
    if (dropped instanceof UnroutableError) this.clientLost(stream.client);
    else if (dropped !== undefined) this.fail(stream, dropped);
  }

  /** The client gets nothing more. Its worker is notified, and has the call until it has finished. */
  #cancel(stream: BalancedStream): void {
    const { worker, isOver, request } = stream;
    stream.isOver = true;
    if (isOver || worker === undefined) return;
    const header = streamHeader(request.openHeader as Buffer, messageTypes.cancel, 0, 0);
    this.#toWorker(stream, { header, body: [] });
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
      if (!isControl && !(error instanceof UnroutableError)) this.fail(stream, error);
    });
  }

  #end(stream: BalancedStream): void {
    stream.isOver = true;
    this.#streams.remove(stream);
  }
}

/** The header of the end of a stream, for its client. */
function ending(header: Buffer): Buffer {
  return streamHeader(header, messageTypes.end, 0, 0);
}

function nothing(): void {}
