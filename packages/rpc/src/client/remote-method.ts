/** A method at its client: checks and encodes the input, calls, and reads the output. */

import type { Frame, Message } from "@awaitmq/core";
import type { internals } from "@awaitmq/core/internals";
import {
  type CallOptions,
  EnvelopeError,
  type Metadata,
  type ReplyStream,
  type RequestClient,
} from "@awaitmq/patterns";
import {
  asAsync,
  type CallValues,
  checkCallOptions,
  closeUnread,
  guardReadable,
  isAsyncIterable,
  ownFrames,
  readStreamOptions,
} from "@awaitmq/patterns/internals";
import { type ContractCodec, checkCodec } from "../contract/codec.ts";
import type { Method } from "../contract/method.ts";
import { isStream } from "../contract/stream.ts";
import { layered } from "../middleware/layered.ts";
import { type Checks, checksOf, type Validate } from "../values/checks.ts";
import { when } from "../values/when.ts";
import { encodeCall } from "../wire/call.ts";
import { explainError, refuseError } from "../wire/errors.ts";
import { decodeValue, encodeValue } from "../wire/values.ts";
import { type ClientChanges, type ClientMiddleware, RemoteCall } from "./client-call.ts";
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
type CheckedStreamOptions = ReturnType<typeof readStreamOptions>;

/** A call whose options are checked: how it encodes its values, and what reads those of the server. */
interface Prepared<Options> {
  readonly options: Options;
  readonly codec: ContractCodec | undefined;
  readonly values: CallValues;
}

const noMetadata: Metadata = Object.freeze(Object.create(null));

export class RemoteMethod {
  readonly #caller: Caller;
  readonly #method: Method;
  readonly #settings: RemoteSettings;
  readonly #checks: Checks;
  readonly #inputPlace: string;
  /** A call without options. */
  readonly #plain: Prepared<CallOptions>;

  constructor(method: Method, caller: Caller, settings: RemoteSettings) {
    this.#caller = caller;
    this.#method = method;
    this.#settings = settings;
    this.#checks = checksOf(method, settings.validate, false);
    this.#inputPlace = `as the input of ${method.path}`;
    const { idempotent } = method;
    const { codec } = settings;
    this.#plain = { options: { idempotent }, codec, values: this.#valuesOf(codec) };
  }

  /** One value to the server, and one back. */
  readonly unary = (input: unknown, options?: RemoteCallOptions): Promise<unknown> => {
    try {
      const prepared = options === undefined ? this.#plain : this.#prepare(options);
      if (this.#settings.use.length === 0) return this.#request(input, prepared);
      const run = this.#layered((call) => this.#request(call.input, withMetadata(prepared, call)));
      return Promise.resolve(run(this.#callOf(input, prepared)));
    } catch (error) {
      return Promise.reject(error);
    }
  };

  /** A stream of values to the server, and one back. */
  readonly clientStreaming = (source: unknown, options: RemoteStreamOptions = {}): Promise<unknown> => {
    try {
      const prepared = this.#prepareStream({ ...options, input: checkSource(source) });
      const call = this.#callOf(source, prepared);
      const open = (layer: RemoteCall) => this.#upload(withInput(withMetadata(prepared, layer), layer.input), layer);
      const run = this.#layered(open);
      if (this.#settings.use.length === 0) return run(call) as Promise<unknown>;
      guardReadable(source, nothing); // it may fail before it is read
      return releasing(call, run);
    } catch (error) {
      return Promise.reject(error);
    }
  };

  /** One value to the server, and a stream back. */
  readonly serverStreaming = (input: unknown, options: RemoteStreamOptions = {}): ReplyStream<unknown> =>
    this.#stream(input, this.#prepareStream(options), (call, prepared) => {
      const { signal, timeout = Number.POSITIVE_INFINITY } = prepared.options;
      const left = this.#caller.timeLeft({ signal, timeout });
      const checked = this.#caller.inTime(this.#checks.input(call.input), left);
      if (!(checked instanceof Promise)) return this.#open(call.input, prepared);
      return checked.then(() => this.#open(call.input, withTimeout(prepared, left().timeout)));
    });

  /** A stream of values to the server, and one back. */
  readonly bidiStreaming = (source: unknown, options: RemoteStreamOptions = {}): ReplyStream<unknown> =>
    this.#stream(source, this.#prepareStream({ ...options, input: checkSource(source) }), (call, prepared) =>
      this.#open(undefined, withInput(prepared, call.input)),
    );

  #stream(
    input: unknown,
    prepared: Prepared<CheckedStreamOptions>,
    open: (
      call: RemoteCall,
      prepared: Prepared<CheckedStreamOptions>,
    ) => ReplyStream<unknown> | Promise<ReplyStream<unknown>>,
  ): ReplyStream<unknown> {
    const hasLayers = this.#settings.use.length > 0;
    const leaving = hasLayers ? new AbortController() : undefined;
    const call = this.#callOf(input, prepared, leaving?.signal);
    const innermost = (layer: RemoteCall) =>
      when(open(layer, withMetadata(prepared, layer)), (stream) => {
        layer.opened.push(stream);
        return stream;
      });
    const run = this.#layered(innermost);
    const end = async () => {
      release(call);
      await Promise.all(call.opened.map((stream) => stream.return()));
    };
    const opening = {
      open: () => when((hasLayers ? Promise.resolve(run(call)) : run(call)) as Opened, checkIterable),
      leave: () => {
        leaving?.abort();
        return end();
      },
      end: hasLayers ? end : undefined,
    };
    if (hasLayers) guardReadable(prepared.options.input, nothing); // it may fail before it is read
    return new RemoteStream(opening, prepared.options.input !== undefined);
  }

  #layered(innermost: (call: RemoteCall) => unknown): (call: RemoteCall) => unknown {
    return layered<RemoteCall, ClientChanges>(this.#settings.use, innermost);
  }

  #callOf(input: unknown, { options }: Prepared<CallOptions>, leaving?: AbortSignal): RemoteCall {
    const { metadata = noMetadata, signal } = options;
    const either =
      leaving === undefined || signal === undefined ? (leaving ?? signal) : AbortSignal.any([leaving, signal]);
    return new RemoteCall(this.#method, input, metadata, either);
  }

  #request(input: unknown, prepared: Prepared<CallOptions>): Promise<unknown> {
    const checked = this.#checks.input(input);
    if (checked instanceof Promise) return this.#requestLater(checked, input, prepared);
    const frames = this.#framesOf(input, prepared.codec);
    return this.#caller.request(frames, frames, prepared.options, prepared.values);
  }

  /** The schema of the input is asynchronous. Its time is part of the call's. */
  async #requestLater(checked: Promise<unknown>, input: unknown, prepared: Prepared<CallOptions>): Promise<unknown> {
    const left = this.#caller.timeLeft(prepared.options);
    await this.#caller.inTime(checked, left);
    const frames = this.#framesOf(input, prepared.codec);
    const { timeout } = left();
    return this.#caller.request(frames, frames, { ...prepared.options, timeout }, prepared.values);
  }

  #open(input: unknown, { options, codec, values }: Prepared<CheckedStreamOptions>): ReplyStream<unknown> {
    const frames = this.#framesOf(input, codec);
    return this.#caller.stream(frames, frames, options, values);
  }

  async #upload(prepared: Prepared<CheckedStreamOptions>, { opened }: RemoteCall): Promise<unknown> {
    const stream = this.#open(undefined, prepared);
    opened.push(stream);
    try {
      const reply = await stream.next();
      if (reply.done) throw new EnvelopeError(`The server ended a call of ${this.#method.path} without a reply`);
      return reply.value;
    } finally {
      await stream.return();
    }
  }

  /** @throws CodecError */
  #framesOf(input: unknown, codec: ContractCodec | undefined): readonly Frame[] {
    const { path, definition } = this.#method;
    const hasValue = definition.input !== undefined && !isStream(definition.input);
    if (hasValue) return owned(encodeCall(path, input, codec, this.#inputPlace));
    // Without a value, only this says how the reply is to be encoded.
    if (codec !== undefined && codec !== this.#settings.codec) return [path, codec.name, ""];
    return encodeCall(path, undefined, codec, this.#inputPlace);
  }

  /** @throws TypeError, RangeError */
  #prepare(options: RemoteCallOptions): Prepared<CallOptions> {
    const { codec, ...call } = options;
    checkCallOptions(call);
    return { ...this.#by(codec), options: { ...call, idempotent: call.idempotent ?? this.#method.idempotent } };
  }

  /** @throws TypeError, RangeError */
  #prepareStream(options: RemoteStreamOptions & { readonly input?: unknown }): Prepared<CheckedStreamOptions> {
    const { codec, ...call } = options;
    const checked = readStreamOptions(call as never);
    return { ...this.#by(codec), options: { ...checked, idempotent: checked.idempotent ?? this.#method.idempotent } };
  }

  /** @throws TypeError for a wrong codec */
  #by(codec: ContractCodec | undefined): Pick<Prepared<never>, "codec" | "values"> {
    if (codec === undefined) return this.#plain;
    checkCodec("codec", codec);
    return { codec, values: this.#valuesOf(codec) };
  }

  #valuesOf(codec: ContractCodec | undefined): CallValues {
    const method = this.#method;
    const checks = this.#checks;
    const codecs = codec === undefined ? [] : [codec];
    const { codec: usual } = this.#settings;
    if (usual !== undefined && usual !== codec) codecs.push(usual);
    const place = `as the output of ${method.path}`;
    return {
      read: (message: Message) => {
        refuseError(message, method, codecs);
        return checks.output(decodeValue(message, codecs, place));
      },
      encode: (item) => when(checks.input(item), () => owned(encodeValue(item, codec, this.#inputPlace))),
      explain: (error) => explainError(error, method, codecs),
    };
  }
}

function withMetadata<O extends CallOptions>(prepared: Prepared<O>, { metadata }: RemoteCall): Prepared<O> {
  if (metadata === (prepared.options.metadata ?? noMetadata)) return prepared;
  checkCallOptions({ metadata });
  return { ...prepared, options: { ...prepared.options, metadata } };
}

function withInput(prepared: Prepared<CheckedStreamOptions>, input: unknown): Prepared<CheckedStreamOptions> {
  if (input === prepared.options.input) return prepared;
  return { ...prepared, options: readStreamOptions({ ...prepared.options, input: checkSource(input) } as never) };
}

/** The call may leave late, and again. Bytes are those that the program gave, whatever it does with them meanwhile. */
function owned(frames: readonly Frame[]): readonly Frame[] {
  return frames.length === 1 ? frames : ownFrames(frames);
}

/** Without this, undefined would open a call that streams nothing. */
function checkSource(source: unknown): unknown {
  if (source === undefined) throw new TypeError("input must be an iterable or async iterable of values, got undefined");
  return source;
}

/** What is left of the time when a schema has taken some of it. */
function withTimeout(prepared: Prepared<CheckedStreamOptions>, timeout: number | undefined): typeof prepared {
  return { ...prepared, options: { ...prepared.options, timeout } };
}

type Opened = AsyncIterable<unknown> | Promise<AsyncIterable<unknown>>;

/** Runs the layers of a call that resolves to one value. */
async function releasing(call: RemoteCall, run: (call: RemoteCall) => unknown): Promise<unknown> {
  try {
    return await run(call);
  } finally {
    release(call);
  }
}

/** If the layers ended a call without the server, what it was to read is released. */
function release({ opened, input, method }: RemoteCall): void {
  if (opened.length === 0 && isStream(method.definition.input))
    closeUnread(asAsync(input as AsyncIterable<unknown>)).catch(nothing);
}

function nothing(): void {}

function checkIterable(items: AsyncIterable<unknown>): AsyncIterable<unknown> {
  if (isAsyncIterable(items)) return items;
  throw new TypeError("A middleware must return the async iterable that next() gave, or another");
}
