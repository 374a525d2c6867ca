/** A method at its server: reads the input, calls the handler, and encodes what it returns. */

import { type Frame, type Message, type Sendable, UnsupportedError } from "@awaitmq/core";
import { orAbort } from "@awaitmq/core/internals";
import { type Answer, CodecError, SchemaError } from "@awaitmq/patterns";
import {
  closeUnread,
  detailsOf,
  guardReadable,
  isAsyncIterable,
  refuseGenerator,
  ServedInput,
  withDetails,
} from "@awaitmq/patterns/internals";
import type { ContractCodec } from "../contract/codec.ts";
import type { Method } from "../contract/method.ts";
import { Failure, isFailure } from "../errors.ts";
import { layered } from "../middleware/layered.ts";
import { type Checks, checksOf, type Validate } from "../values/checks.ts";
import { MappedItems } from "../values/mapped-items.ts";
import { when } from "../values/when.ts";
import { inputOf, type ReadCall } from "../wire/call.ts";
import { encodeError } from "../wire/errors.ts";
import { type Codecs, decodeValue, encodeValue } from "../wire/values.ts";
import { failOf } from "./fail.ts";
import type { Fail, ServedContext } from "./handlers.ts";
import { ServedCall, type ServiceChanges, type ServiceMiddleware } from "./service-call.ts";

/** How the methods of a service are served. */
export interface ServedOptions {
  readonly use: readonly ServiceMiddleware[];
  readonly validate: Validate;
  /** Codecs that callers may use besides JSON. */
  readonly codecs: Codecs;
  /** The codec of replies to calls whose encoding names none. */
  readonly codec: ContractCodec | undefined;
}

export class ServedMethod {
  readonly method: Method;
  readonly fail: Fail<Method>;
  readonly #run: (call: ServedCall) => unknown;
  readonly #hasLayers: boolean;
  readonly #checks: Checks;
  readonly #codecs: Codecs;
  readonly #codec: ContractCodec | undefined;
  readonly #streamsInput: boolean;
  readonly #streamsOutput: boolean;
  readonly #hasOutput: boolean;
  readonly #inputPlace: string;
  readonly #outputPlace: string;

  constructor(
    method: Method,
    handler: (input: unknown, call: ServedCall) => unknown,
    { use, validate, codecs, codec }: ServedOptions,
  ) {
    const { kind, definition } = method;
    this.method = method;
    this.fail = failOf(method);
    const innermost = (call: ServedCall) => handler(call.input, call);
    const kept = (call: ServedCall) => when(innermost(call), (output) => keep(call, output));
    this.#run = layered<ServedCall, ServiceChanges>(use, use.length === 0 ? innermost : kept);
    this.#hasLayers = use.length > 0;
    this.#checks = checksOf(method, validate, true);
    this.#codecs = codecs;
    this.#codec = codec;
    this.#streamsInput = kind === "client-streaming" || kind === "bidi-streaming";
    this.#streamsOutput = kind === "server-streaming" || kind === "bidi-streaming";
    this.#hasOutput = definition.output !== undefined;
    this.#inputPlace = `as the input of ${method.path}`;
    this.#outputPlace = `as the output of ${method.path}`;
  }

  /** Answers a call. What it throws, or rejects with, has the details that the caller understands. */
  answer(read: ReadCall, context: ServedContext): Answer<Sendable> {
    const codec = this.#codecOf(read.encoding);
    this.#checkKind(context.input);
    try {
      const input = this.#streamsInput ? this.#itemsOf(context) : this.#inputOf(read, context);
      if (!(input instanceof Promise)) return this.#handle(input, context, codec);
      return input.then((checked) => {
        context.signal.throwIfAborted();
        return this.#handle(checked, context, codec);
      });
    } catch (error) {
      throw this.#explained(error, codec);
    }
  }

  #handle(input: unknown, context: ServedContext, codec: ContractCodec | undefined): Answer<Sendable> {
    const call = new ServedCall(this, context, input, undefined, this.#hasLayers ? new Set() : undefined);
    try {
      const output = this.#run(call);
      if (!isThenable(output)) return this.#encode(output, codec, context, call);
      return Promise.resolve(output).then(
        (value) => this.#encode(value, codec, context, call),
        (error) => this.#fail(error, codec, call),
      ) as Promise<Sendable>;
    } catch (error) {
      return this.#fail(error, codec, call);
    }
  }

  #fail(error: unknown, codec: ContractCodec | undefined, call: ServedCall): never {
    close(call);
    throw this.#explained(error, codec);
  }

  /** A caller with another contract gets no answer to something that it has not asked. */
  #checkKind(input: ServedContext["input"]): void {
    if (!(input instanceof ServedInput)) return;
    const { path, kind } = this.method;
    if (this.#streamsInput !== input.isStreamed)
      throw unsupported(
        `${path} takes ${this.#streamsInput ? "a stream" : "one value"}, and the call has another input`,
      );
    if (this.#streamsOutput && !input.isOfStream)
      throw unsupported(`${path} streams its output (${kind}), and the call asks for one reply`);
  }

  #codecOf(encoding: string): ContractCodec | undefined {
    if (encoding === "json") return undefined;
    return this.#codecs.find(({ name }) => name === encoding) ?? this.#codec;
  }

  #inputOf(read: ReadCall, context: ServedContext): unknown {
    if (this.method.definition.input === undefined) return undefined;
    try {
      return this.#checked(inputOf(read, this.#codecs, this.#inputPlace), context);
    } catch (error) {
      return mistaken(error);
    }
  }

  #itemsOf(context: ServedContext): AsyncIterable<unknown> {
    const read = (item: Message) => {
      try {
        return this.#checked(decodeValue(item, this.#codecs, this.#inputPlace), context);
      } catch (error) {
        return mistaken(error);
      }
    };
    return new MappedItems(context.input, read, unchanged);
  }

  /** A schema that never answers is awaited while the caller waits. */
  #checked(value: unknown, context: ServedContext): unknown {
    const checked = this.#checks.input(value);
    return checked instanceof Promise ? orAbort(checked, context.signal).catch(mistaken) : checked;
  }

  #encode(
    output: unknown,
    codec: ContractCodec | undefined,
    context: ServedContext,
    call: ServedCall,
  ): Sendable | AsyncIterable<Sendable> | Promise<Sendable> {
    const { path } = this.method;
    if (!this.#streamsOutput) {
      if (!isAsyncIterable(output)) return this.#encodeValue(output, codec, context) as Sendable | Promise<Sendable>;
      closeUnread(output).catch(() => {}); // its caller gets this error
      throw new TypeError(`The handler of ${path} returned an async iterable, but its contract says one value`);
    }
    refuseGenerator(output);
    if (!isAsyncIterable(output))
      throw new TypeError(`The handler of ${path} must return an async iterable, such as an async generator`);
    return new MappedItems(
      output,
      (item) => this.#encodeValue(item, codec, context),
      (error) => this.#explained(error, codec),
      () => close(call),
    ) as AsyncIterable<Sendable>;
  }

  /** The caller gets a mistake of the handler too, unless the server hides its errors. */
  #encodeValue(
    value: unknown,
    codec: ContractCodec | undefined,
    context: ServedContext,
  ): readonly Frame[] | Promise<readonly Frame[]> {
    if (!this.#hasOutput) return nothing;
    if (value instanceof Failure)
      throw new TypeError(`The handler of ${this.method.path} returned a failure: throw it`);
    try {
      const checked = this.#checks.output(value);
      if (!(checked instanceof Promise)) return encodeValue(value, codec, this.#outputPlace);
      const encoded = checked.then(() => encodeValue(value, codec, this.#outputPlace));
      return orAbort(encoded, context.signal).catch(wrong);
    } catch (error) {
      return wrong(error);
    }
  }

  /** A failure of another method, such as one that this handler called, is no failure of this one. */
  #explained(error: unknown, codec: ContractCodec | undefined): unknown {
    if (!isFailure(this.method, error)) return error;
    // Calls may fail with the same error, such as one of a lookup that they share, and each in a codec of its own.
    const own = detailsOf(error, false) === undefined ? error : copyOf(error);
    return withDetails(own, encodeError(error, codec), true);
  }
}

/** A method without output gives this. */
const nothing: readonly Frame[] = ["null"];

/** The caller gets a mistake of its own as the error that it is. */
function mistaken(error: unknown): never {
  throw understood(error, true);
}

function wrong(error: unknown): never {
  throw understood(error, false);
}

function understood(error: unknown, isPublic: boolean): unknown {
  const isOurs = error instanceof SchemaError || error instanceof CodecError;
  return isOurs ? withDetails(error, encodeError(error, undefined), isPublic) : error;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}

function copyOf({ method, code, data, message, stack }: Failure): Failure {
  const copy = new Failure(method, code, data, message);
  if (stack !== undefined) copy.stack = stack;
  return copy;
}

function unsupported(message: string): UnsupportedError {
  const error = new UnsupportedError(message);
  return withDetails(error, encodeError(error, undefined), true);
}

/** What a handler returns is closed when the call is over, whatever a layer makes of it. */
function keep({ outputs }: ServedCall, output: unknown): unknown {
  if (!isAsyncIterable(output)) return output;
  outputs?.add(output);
  guardReadable(output, () => {}); // it may fail while a layer does something else
  return output;
}

function close({ outputs }: ServedCall): void {
  if (outputs === undefined) return;
  for (const output of outputs) closeUnread(output).catch(() => {}); // the call has its outcome
}

function unchanged(error: unknown): unknown {
  return error;
}
