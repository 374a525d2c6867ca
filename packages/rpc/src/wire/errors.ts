/**
 * Errors that callers understand, as frames and back: `error`, then JSON, `{ code, message, ... }`. Data of a failure that
 * is not JSON follows as a value.
 */

import type { Frame } from "@awaitmq/core";
import { CodecError, SchemaError } from "@awaitmq/patterns";
import { applySchema, detailsOf } from "@awaitmq/patterns/internals";
import type { ContractCodec } from "../contract/codec.ts";
import type { Method } from "../contract/method.ts";
import { Failure, UnimplementedError } from "../errors.ts";
import { type Codecs, decodeValue, encodeValue } from "./values.ts";

type Understood = Failure | SchemaError | UnimplementedError | CodecError;

interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly method?: string;
  readonly data?: unknown;
  readonly issues?: SchemaError["issues"];
  readonly methods?: readonly string[];
}

/** @throws CodecError for data that cannot be encoded */
export function encodeError(error: Understood, codec: ContractCodec | undefined): readonly Frame[] {
  const { code, message } = error;
  if (error instanceof SchemaError) return frames({ code, message, issues: error.issues.map(plainIssue) });
  if (error instanceof UnimplementedError) return frames({ code, message, methods: error.methods });
  if (!(error instanceof Failure)) return frames({ code, message });
  const { method, data } = error;
  const value = encodeValue(data, codec, `as the data of ${code} of ${method}`);
  if (value.length === 1)
    return ["error", `{"code":"${code}","message":${JSON.stringify(message)},"method":"${method}","data":${value[0]}}`];
  return [...frames({ code, message, method }), ...value];
}

/** Returns the error of a reply as the caller is to see it. It is unchanged if it is not one of these. */
export function explainError<E extends Error>(error: E, { path, definition }: Method, codecs: Codecs): Error {
  const [mark, head, ...value] = (detailsOf(error, false) ?? []) as readonly Buffer[];
  if (head === undefined || `${mark}` !== "error") return error;
  try {
    const { code, message, method, data, issues, methods } = bodyOf(head);
    if (method !== undefined) {
      const schema = Object.hasOwn(definition.errors ?? {}, code) ? definition.errors?.[code] : undefined;
      if (schema === undefined || method !== path) return error;
      const where = `as the data of ${code} of ${path}`;
      const given = value.length === 0 ? data : decodeValue(value, codecs, where);
      return new Failure(path, code, checkNow(applySchema(schema, given, where), where), message);
    }
    if (code === "ERR_SCHEMA") return new SchemaError(message, issuesOf(issues));
    if (code === "ERR_UNIMPLEMENTED") return new UnimplementedError(message, textsOf(methods));
    return code === "ERR_CODEC" ? new CodecError(message) : error;
  } catch (unreadable) {
    return unreadable as Error;
  }
}

/**
 * The schemas of errors must be synchronous, so that `fail` can throw where the mistake is.
 *
 * @throws SchemaError
 */
export function checkNow(checked: unknown, where: string): unknown {
  if (!(checked instanceof Promise)) return checked;
  checked.catch(() => {}); // nobody awaits it
  throw new SchemaError(`The schema of a value ${where} is asynchronous, which those of errors cannot be`, []);
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
