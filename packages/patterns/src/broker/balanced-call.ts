/** A request at a worker of a broker: what its handler gets, and the messages of its stream. */

import type { Message } from "@awaitmq/core";
import { CancelledError, EnvelopeError, UnavailableError } from "../errors.ts";
import { ServedInput } from "../streams/served-input.ts";
import { ServedStream, type ServedStreamPort } from "../streams/served-stream.ts";
import type { Credit } from "../wire/credit.ts";
import {
  flagsOf,
  isAnswerable,
  messageTypes,
  positionOf,
  remainingOf,
  requestFlags,
  typeOf,
} from "../wire/envelope.ts";
import { extensionOf } from "../wire/extension.ts";
import type { Metadata } from "../wire/metadata.ts";
import type { BalancedContext } from "./serve-balanced-options.ts";

export class BalancedCall implements Omit<BalancedContext, "stopping"> {
  readonly metadata: Metadata;
  /** The header that the client sent. Undefined for a plain client. */
  readonly header: Buffer | undefined;
  /** Set if the client opened a stream. */
  readonly stream: ServedStream | undefined;
  /** Whether the client opened a stream through a proxy before the broker. */
  readonly isProxied: boolean;
  readonly #deadline: number;
  readonly #shutdown: AbortSignal;
  /** Aborts a streaming call alone. */
  readonly #controller: AbortController | undefined;
  /** Why the call ends because of what its client sent. */
  #fault: EnvelopeError | undefined;
  #isCancelled = false;

  /**
   * @param hops the frames between the tag and the delimiter
   * @param port sends the messages of a stream
   * @throws EnvelopeError for an invalid header
   */
  constructor(hops: readonly Buffer[], window: Credit, shutdown: AbortSignal, port: ServedStreamPort) {
    const last = hops.at(-1);
    this.header = last !== undefined && isAnswerable(last) ? last : undefined;
    if (this.header !== undefined) checkType(this.header);
    const { credit, metadata } = extensionOf(this.header);
    this.metadata = metadata;
    this.#shutdown = shutdown;
    const remaining = this.header === undefined ? Number.POSITIVE_INFINITY : remainingOf(this.header);
    this.#deadline = performance.now() + remaining;
    this.isProxied = credit !== undefined && hops.length > 1;
    if (this.header === undefined || credit === undefined || this.isProxied) return;
    const hasInput = (flagsOf(this.header) & requestFlags.input) !== 0;
    this.stream = new ServedStream(port, credit, hasInput ? window : undefined, (item) => item);
    this.#controller = new AbortController();
    if (shutdown.aborted) this.#leave();
    else shutdown.addEventListener("abort", this.#leave);
  }

  get signal(): AbortSignal {
    return this.#controller?.signal ?? this.#shutdown;
  }

  get remaining(): number {
    return Math.max(0, this.#deadline - performance.now());
  }

  get input(): AsyncIterableIterator<Message, undefined> {
    return (this.stream?.input ?? new ServedInput()) as AsyncIterableIterator<Message, undefined>;
  }

  /** Whether the client has left the stream, and waits for its end. */
  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** The error that ends a stream whose handler has finished. Undefined if the handler's own outcome does. */
  get verdict(): EnvelopeError | UnavailableError | undefined {
    if (this.#fault !== undefined) return this.#fault;
    if (this.stream?.isComplete || !this.#shutdown.aborted) return undefined;
    return new UnavailableError("The worker shut down before this stream ended");
  }

  /** Takes a message of the stream's client. One that breaks the rules ends the call. */
  take(header: Buffer, body: readonly Buffer[]): void {
    const type = typeOf(header);
    if (type === messageTypes.cancel) {
      this.#isCancelled = true;
      this.abort(new CancelledError("The client cancelled this request"));
      return;
    }
    try {
      this.stream?.take(type, flagsOf(header), positionOf(header), body);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      this.#fault ??= error;
      this.abort(error);
    }
  }

  /** The handler has finished. */
  end(): void {
    this.#shutdown.removeEventListener("abort", this.#leave);
    this.stream?.finish();
  }

  readonly #leave = (): void => this.abort(this.#shutdown.reason);

  /** Aborts the signal of a streaming call, and sends nothing more of it. */
  abort(reason: unknown): void {
    this.#controller?.abort(reason);
    this.stream?.leave(reason);
  }
}

/** @throws EnvelopeError for a header that begins no call */
function checkType(header: Buffer): void {
  const type = typeOf(header);
  if (type !== messageTypes.request && type !== messageTypes.open)
    throw new EnvelopeError(`Cannot read a message of the type ${type} as a request`);
}
