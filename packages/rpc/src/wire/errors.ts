/**
 * Errors that callers understand, as frames and back: `error`, then JSON, `{ code, message, ... }`. Data of a failure that
 * is not JSON follows as a value.
 */

import { type Frame, UnsupportedError } from "@awaitmq/core";
import { CodecError, RemoteError, SchemaError } from "@awaitmq/patterns";
import { applySchema, receivedWith } from "@awaitmq/patterns/internals";
import type { ContractCodec } from "../contract/codec.ts";
import type { Method } from "../contract/method.ts";
import { Failure, UnimplementedError } from "../errors.ts";
import { type Codecs, decodeValue, encodeValue } from "./values.ts";

type Understood = Failure | SchemaError | UnimplementedError | UnsupportedError | CodecError;

interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly method?: string;
  readonly data?: unknown;
  readonly side?: SchemaError["side"];
  readonly issues?: SchemaError["issues"];
  readonly methods?: readonly string[];
}

/** @throws CodecError for data that cannot be encoded */
export function encodeError(error: Understood, codec: ContractCodec | undefined): readonly Frame[] {
  const { code, message } = error;
  if (error instanceof SchemaError) {
    const { side, issues } = error;
    return frames({ code, message, side, issues: issues.map(plainIssue) });
  }
  if (error instanceof UnimplementedError) return frames({ code, message, methods: error.methods });
  if (!(error instanceof Failure)) return frames({ code, message });
  const { method, data } = error;
  const value = encodeValue(data, codec, `as the data of ${code} of ${method}`);
  if (value.length === 1)
    return ["error", `{"code":"${code}","message":${JSON.stringify(message)},"method":"${method}","data":${value[0]}}`];
  return [...frames({ code, message, method }), ...value];
}

/** Returns the error of a reply as the caller is to see it. It is unchanged if it is not one of these. */
export function explainError<E extends Error>(error: E, method: Method, codecs: Codecs): Error {
  const details = receivedWith(error) ?? [];
  return isError(details) ? (readError(details, method, codecs) ?? error) : error;
}

/**
 * A plain server, which knows no errors of the envelope, sends an error as its reply.
 *
 * @throws Failure, SchemaError, UnimplementedError, CodecError, RemoteError
 */
export function refuseError(message: readonly Buffer[], method: Method, codecs: Codecs): void {
  if (message.length === 1 && message[0]?.length === 0)
    throw new RemoteError({ name: "Error", message: `The server failed to answer a call of ${method.path}` });
  if (isError(message)) throw readError(message, method, codecs) ?? unknownError(message);
}

function isError([mark, head]: readonly Buffer[]): boolean {
  return head !== undefined && mark?.length === 5 && `${mark}` === "error";
}

/** Undefined for an error of another kind. */
function readError(frames: readonly Buffer[], { path, definition }: Method, codecs: Codecs): Error | undefined {
  const [, head, ...value] = frames;
  try {
    const { code, message, method, data, side, issues, methods } = bodyOf(head as Buffer);
    if (method !== undefined) {
      const schema = Object.hasOwn(definition.errors ?? {}, code) ? definition.errors?.[code] : undefined;
      if (schema === undefined || method !== path) return undefined;
      const where = `as the data of ${code} of ${path}`;
      const given = value.length === 0 ? data : decodeValue(value, codecs, where);
      return new Failure(path, code, checkNow(applySchema(schema, given, where), where), message);
    }
    if (code === "ERR_SCHEMA")
      return new SchemaError(message, issuesOf(issues), {
        side: side === "input" || side === "output" ? side : undefined,
      });
    if (code === "ERR_UNIMPLEMENTED") return new UnimplementedError(message, textsOf(methods));
    if (code === "ERR_UNSUPPORTED") return new UnsupportedError(message);
    return code === "ERR_CODEC" ? new CodecError(message) : undefined;
  } catch (unreadable) {
    return unreadable as Error;
  }
}

function unknownError([, head]: readonly Buffer[]): RemoteError {
  const { code, message } = bodyOf(head as Buffer);
  return new RemoteError({ name: "Error", message, code });
}

/**
 * The schemas of errors must be synchronous, so that `fail` can throw where the mistake is.
 *
 * @throws SchemaError
 */
export function checkNow(checked: unknown, where: string): unknown {
  if (!(checked instanceof Promise)) return checked;
  checked.catch(() => {}); // nobody awaits it
  throw new SchemaError(
    `The schema of a value ${where} is asynchronous. Make it synchronous: schemas of errors must be`,
    [],
  );
}

function frames(body: ErrorBody): readonly Frame[] {
  return ["error", JSON.stringify(body)];
}

/** Symbols have no JSON. */
function plainIssue({ message, path }: SchemaError["issues"][number]): SchemaError["issues"][number] {
  return { message, path: path.map((step) => (typeof step === "number" ? step : String(step))) };
}

/** @throws CodecError */
function bodyOf(head: Buffer): ErrorBody {
  let body: Partial<ErrorBody> | null = null;
  try {
    body = JSON.parse(`${head}`);
  } catch {
    // It is none of ours.
  }
  const { code, message, method } = Object(body) as Partial<ErrorBody>;
  if (typeof code !== "string" || typeof message !== "string" || (method !== undefined && typeof method !== "string"))
    throw new CodecError("Cannot read the error in the server's reply");
  return body as ErrorBody;
}

function issuesOf(issues: unknown): SchemaError["issues"] {
  if (!Array.isArray(issues)) return [];
  return issues.map((issue) => {
    const { message, path } = Object(issue) as { readonly message?: unknown; readonly path?: unknown };
    const steps = Array.isArray(path)
      ? path.filter((step) => typeof step === "string" || typeof step === "number")
      : [];
    return { message: String(message), path: steps };
  });
}

function textsOf(texts: unknown): readonly string[] {
  return Array.isArray(texts) ? texts.filter((text) => typeof text === "string") : [];
}
