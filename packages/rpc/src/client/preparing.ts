/** Prepares the calls of a method: checks their options, and says how values are encoded and read. */

import type { Frame, Message } from "@awaitmq/core";
import type { CallOptions, Metadata } from "@awaitmq/patterns";
import { type CallValues, checkCallOptions, ownFrames, readStreamOptions } from "@awaitmq/patterns/internals";
import { type ContractCodec, checkCodec } from "../contract/codec.ts";
import type { Method } from "../contract/method.ts";
import { isStream } from "../contract/stream.ts";
import type { Checks } from "../values/checks.ts";
import { when } from "../values/when.ts";
import { encodeCall } from "../wire/call.ts";
import { explainError, refuseError } from "../wire/errors.ts";
import { decodeValue, encodeValue } from "../wire/values.ts";
import type { RemoteCall } from "./client-call.ts";
import type { RemoteCallOptions, RemoteStreamOptions } from "./remote-options.ts";

/** The metadata of a call that has none. */
export const noMetadata: Metadata = Object.freeze(Object.create(null));

export type CheckedStreamOptions = ReturnType<typeof readStreamOptions>;

/** A call whose options are checked: how it encodes its values, and what reads those of the server. */
export interface Prepared<Options> {
  readonly options: Options;
  readonly codec: ContractCodec | undefined;
  readonly values: CallValues;
}

export class Preparing {
  /** A call without options. */
  readonly plain: Prepared<CallOptions>;
  readonly #method: Method;
  readonly #checks: Checks;
  readonly #codec: ContractCodec | undefined;
  readonly #inputPlace: string;

  /** @param codec that of the contract. Undefined for JSON */
  constructor(method: Method, checks: Checks, codec: ContractCodec | undefined) {
    this.#method = method;
    this.#checks = checks;
    this.#codec = codec;
    this.#inputPlace = `as the input of ${method.path}`;
    this.plain = { options: { idempotent: method.idempotent }, codec, values: this.#valuesOf(codec) };
  }

  /** @throws TypeError, RangeError */
  request(options: RemoteCallOptions): Prepared<CallOptions> {
    const { codec, ...call } = options;
    checkCallOptions(call);
    return { ...this.#by(codec), options: { ...call, idempotent: call.idempotent ?? this.#method.idempotent } };
  }

  /** @throws TypeError, RangeError */
  stream(options: RemoteStreamOptions & { readonly input?: unknown }): Prepared<CheckedStreamOptions> {
    const { codec, ...call } = options;
    const checked = readStreamOptions(call as never);
    return { ...this.#by(codec), options: { ...checked, idempotent: checked.idempotent ?? this.#method.idempotent } };
  }

  /** @throws TypeError for a wrong codec */
  #by(codec: ContractCodec | undefined): Pick<Prepared<never>, "codec" | "values"> {
    if (codec === undefined) return this.plain;
    checkCodec("codec", codec);
    return { codec, values: this.#valuesOf(codec) };
  }

  #valuesOf(codec: ContractCodec | undefined): CallValues {
    const method = this.#method;
    const checks = this.#checks;
    const codecs = codec === undefined ? [] : [codec];
    const usual = this.#codec;
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

  /** @throws CodecError */
  framesOf(input: unknown, codec: ContractCodec | undefined): readonly Frame[] {
    const { path, definition } = this.#method;
    const hasValue = definition.input !== undefined && !isStream(definition.input);
    if (hasValue) return owned(encodeCall(path, input, codec, this.#inputPlace));
    // Without a value, only this says how the reply is to be encoded.
    if (codec !== undefined && codec !== this.#codec) return [path, codec.name, ""];
    return encodeCall(path, undefined, codec, this.#inputPlace);
  }
}

/** A call as a layer has changed it. */
export function withMetadata<O extends CallOptions>(prepared: Prepared<O>, { metadata }: RemoteCall): Prepared<O> {
  if (metadata === (prepared.options.metadata ?? noMetadata)) return prepared;
  checkCallOptions({ metadata });
  return { ...prepared, options: { ...prepared.options, metadata } };
}

export function withInput(prepared: Prepared<CheckedStreamOptions>, input: unknown): Prepared<CheckedStreamOptions> {
  if (input === prepared.options.input) return prepared;
  return { ...prepared, options: readStreamOptions({ ...prepared.options, input: checkSource(input) } as never) };
}

/** The call may leave late, and again. Bytes are those that the program gave, whatever it does with them meanwhile. */
function owned(frames: readonly Frame[]): readonly Frame[] {
  return frames.length === 1 ? frames : ownFrames(frames);
}

/** Without this, undefined would open a call that streams nothing. */
export function checkSource(source: unknown): unknown {
  if (source === undefined) throw new TypeError("input must be an iterable or async iterable of values, got undefined");
  return source;
}

/** What is left of the time when a schema, or a layer, has taken some of it. */
export function withTimeout<O extends CallOptions>(prepared: Prepared<O>, timeout: number | undefined): Prepared<O> {
  return { ...prepared, options: { ...prepared.options, timeout } };
}
