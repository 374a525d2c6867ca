/** A method at its client: runs the middleware, checks the input, and calls. */

import type { internals } from "@awaitmq/core/internals";
import { type CallOptions, EnvelopeError, type ReplyStream, type RequestClient } from "@awaitmq/patterns";
import { asAsync, closeUnread, guardReadable, isAsyncIterable } from "@awaitmq/patterns/internals";
import type { ContractCodec } from "../contract/codec.ts";
import type { Method } from "../contract/method.ts";
import { isStream } from "../contract/stream.ts";
import { layered } from "../middleware/layered.ts";
import { type Checks, checksOf, type Validate } from "../values/checks.ts";
import { when } from "../values/when.ts";
import { type ClientChanges, type ClientMiddleware, RemoteCall } from "./client-call.ts";
import {
  type CheckedStreamOptions,
  checkSource,
  noMetadata,
  type Prepared,
  Preparing,
  withInput,
  withMetadata,
  withTimeout,
} from "./preparing.ts";
import type { RemoteCallOptions, RemoteStreamOptions } from "./remote-options.ts";
import { RemoteStream } from "./remote-stream.ts";

/** What the calls of a client share. */
export interface RemoteSettings {
  readonly use: readonly ClientMiddleware[];
  readonly validate: Validate;
  /** Undefined for JSON. */
  readonly codec: ContractCodec | undefined;
}

type Caller = RequestClient[typeof internals];
type TimeLeft = ReturnType<Caller["timeLeft"]>;
type PreparedStream = Prepared<CheckedStreamOptions>;
type Open = (call: RemoteCall, prepared: PreparedStream) => ReplyStream<unknown> | Promise<ReplyStream<unknown>>;

/** Milliseconds that middleware has, when the time of a call is over, to hand on the error that says why. */
const handingOn = 20;

export class RemoteMethod {
  readonly #caller: Caller;
  readonly #method: Method;
  readonly #checks: Checks;
  readonly #preparing: Preparing;
  readonly #use: readonly ClientMiddleware[];

  constructor(method: Method, caller: Caller, { use, validate, codec }: RemoteSettings) {
    this.#caller = caller;
    this.#method = method;
    this.#checks = checksOf(method, validate, false);
    this.#preparing = new Preparing(method, this.#checks, codec);
    this.#use = use;
  }

  /** One value to the server, and one back. */
  readonly unary = (input: unknown, options?: RemoteCallOptions): Promise<unknown> => {
    try {
      const prepared = options === undefined ? this.#preparing.plain : this.#preparing.request(options);
      if (this.#use.length === 0) return this.#request(input, prepared);
      const left = this.#caller.timeLeft(prepared.options);
      const request = (call: RemoteCall) => this.#request(call.input, rest(withMetadata(prepared, call), left));
      return this.#run(this.#callOf(input, prepared), request, left);
    } catch (error) {
      return Promise.reject(error);
    }
  };

  /** A stream of values to the server, and one back. */
  readonly clientStreaming = (source: unknown, options: RemoteStreamOptions = {}): Promise<unknown> => {
    try {
      const prepared = this.#preparing.stream({ ...options, input: checkSource(source) });
      if (this.#use.length === 0) return this.#upload(this.#open(undefined, prepared));
      const left = this.#timeLeft(prepared);
      const upload = (call: RemoteCall) => {
        const stream = this.#open(undefined, withInput(rest(withMetadata(prepared, call), left), call.input));
        call.opened.push(stream);
        return this.#upload(stream);
      };
      guardReadable(source, nothing); // it may fail before it is read
      const call = this.#callOf(source, prepared);
      return this.#run(call, upload, left).finally(() => release(call));
    } catch (error) {
      return Promise.reject(error);
    }
  };

  /** One value to the server, and a stream back. */
  readonly serverStreaming = (input: unknown, options: RemoteStreamOptions = {}): ReplyStream<unknown> =>
    this.#stream(input, this.#preparing.stream(options), (call, prepared) => {
      const left = this.#timeLeft(prepared);
      const checked = this.#caller.inTime(this.#checks.input(call.input), left);
      if (!(checked instanceof Promise)) return this.#open(call.input, prepared);
      return checked.then(() => this.#open(call.input, rest(prepared, left)));
    });

  /** A stream of values to the server, and one back. */
  readonly bidiStreaming = (source: unknown, options: RemoteStreamOptions = {}): ReplyStream<unknown> =>
    this.#stream(source, this.#preparing.stream({ ...options, input: checkSource(source) }), (call, prepared) =>
      this.#open(undefined, withInput(prepared, call.input)),
    );

  #stream(input: unknown, prepared: PreparedStream, open: Open): ReplyStream<unknown> {
    const hasLayers = this.#use.length > 0;
    const leaving = hasLayers ? new AbortController() : undefined;
    const call = this.#callOf(input, prepared, leaving?.signal);
    const left = this.#timeLeft(prepared);
    const opened = (layer: RemoteCall, changed: PreparedStream) =>
      when(open(layer, changed), (stream) => {
        call.opened.push(stream);
        return stream;
      });
    const innermost = (layer: RemoteCall) => {
      leaving?.signal.throwIfAborted(); // nobody would leave what it opens now
      return opened(layer, rest(withMetadata(prepared, layer), left));
    };
    const end = async () => {
      leaving?.abort();
      release(call);
      await Promise.all(call.opened.map((stream) => stream.return()));
    };
    const opening = {
      open: () => (hasLayers ? this.#run(call, innermost, left).then(checkIterable) : opened(call, prepared)),
      leave: end,
      end: hasLayers ? end : undefined,
    };
    if (hasLayers) guardReadable(prepared.options.input, nothing); // it may fail before it is read
    return new RemoteStream(opening, prepared.options.input !== undefined);
  }

  /** Runs the middleware around a call. It waits no longer than the call may. */
  #run(call: RemoteCall, innermost: (call: RemoteCall) => unknown, left: TimeLeft): Promise<unknown> {
    const output = layered<RemoteCall, ClientChanges>(this.#use, innermost)(call);
    const { signal, timeout = Number.POSITIVE_INFINITY } = left();
    const late = () => `The middleware of ${this.#method.path} did not end within ${timeout} ms`;
    return this.#caller.inTime(output, () => ({ signal, timeout: timeout + handingOn }), late) as Promise<unknown>;
  }

  #callOf(input: unknown, { options }: Prepared<CallOptions>, leaving?: AbortSignal): RemoteCall {
    const { metadata = noMetadata, signal } = options;
    const either =
      leaving === undefined || signal === undefined ? (leaving ?? signal) : AbortSignal.any([leaving, signal]);
    return new RemoteCall(this.#method, input, metadata, either);
  }

  /** The rest of a stream's time, beginning now. */
  #timeLeft({ options: { signal, timeout = Number.POSITIVE_INFINITY } }: PreparedStream): TimeLeft {
    return this.#caller.timeLeft({ signal, timeout });
  }

  #request(input: unknown, prepared: Prepared<CallOptions>): Promise<unknown> {
    const checked = this.#checks.input(input);
    if (checked instanceof Promise) return this.#requestLater(checked, input, prepared);
    const frames = this.#preparing.framesOf(input, prepared.codec);
    return this.#caller.request(frames, frames, prepared.options, prepared.values);
  }

  /** The schema of the input is asynchronous. Its time is part of the call's. */
  async #requestLater(checked: Promise<unknown>, input: unknown, prepared: Prepared<CallOptions>): Promise<unknown> {
    const left = this.#caller.timeLeft(prepared.options);
    await this.#caller.inTime(checked, left);
    const frames = this.#preparing.framesOf(input, prepared.codec);
    return this.#caller.request(frames, frames, rest(prepared, left).options, prepared.values);
  }

  #open(input: unknown, { options, codec, values }: PreparedStream): ReplyStream<unknown> {
    const frames = this.#preparing.framesOf(input, codec);
    return this.#caller.stream(frames, frames, options, values);
  }

  async #upload(stream: ReplyStream<unknown>): Promise<unknown> {
    try {
      const reply = await stream.next();
      if (reply.done) throw new EnvelopeError(`The server ended a call of ${this.#method.path} without a reply`);
      return reply.value;
    } finally {
      await stream.return();
    }
  }
}

/** A call with what is left of its time. */
function rest<O extends CallOptions>(prepared: Prepared<O>, left: TimeLeft): Prepared<O> {
  return withTimeout(prepared, left().timeout);
}

/** If the layers ended a call without the server, what it was to read is released. */
function release({ opened, input, method }: RemoteCall): void {
  if (opened.length === 0 && isStream(method.definition.input))
    closeUnread(asAsync(input as AsyncIterable<unknown>)).catch(nothing);
}

function checkIterable(items: unknown): AsyncIterable<unknown> {
  if (isAsyncIterable(items)) return items;
  throw new TypeError("A middleware must return the async iterable that next() gave, or another");
}

function nothing(): void {}
