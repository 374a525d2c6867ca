/** One call of a client, over all its attempts. */

import type { Frame, Message, MessagingError } from "@awaitmq/core";
import { longestTimer } from "@awaitmq/core/internals";
import { encodeExtension } from "../../wire/extension.ts";
import { clientTrace } from "../trace.ts";
import type { CallOptions, CheckedClientOptions } from "./client-options.ts";
import type { Link } from "./link.ts";
import type { LinkRequest } from "./link-request.ts";
import type { StreamCall } from "./stream-call.ts";

export interface Call {
  readonly frames: readonly Frame[];
  /** What follows the header: metadata, and the credit of a stream. */
  readonly extension: Buffer | undefined;
  /** What takes its replies, if it streams. */
  readonly stream: StreamCall | undefined;
  readonly idempotent: boolean;
  readonly priority: number;
  /** Milliseconds that it may take. */
  readonly timeout: number;
  /** When it times out, in the time of `performance.now()`. */
  readonly deadline: number;
  /** Whether it waits while no server is connected. */
  readonly waitsForServer: boolean;
  /** Returns what it rejects with, of an error that its server sent. */
  readonly explain: (error: MessagingError) => Error;
  /** Settles it. A streaming call that succeeds gets no reply here. */
  readonly resolve: (reply: Message | Promise<never> | undefined) => void;
  /** Publishes its outcome to those who trace requests. */
  readonly told: ((failure?: { readonly error: unknown }) => void) | undefined;
  /** Attempts that may still be answered. There is rarely more than one. */
  attempts: readonly Attempt[];
  /** How many attempts were made. */
  made: number;
  /** Whether it had its one free retry, which each call has when its server disconnects. */
  moved: boolean;
  /** The link of the last attempt. The next one uses another, if possible. */
  last: Link | undefined;
  /** Its neighbours in the queue of calls that wait for a link. */
  previous: Call | undefined;
  next: Call | undefined;
  /** Timers of the next retry, the second attempt and the end of an attempt. Created on demand. */
  timers: Set<NodeJS.Timeout> | undefined;
  /** Stops listening to its signal. */
  release: () => void;
}

export const noAttempts: Call["attempts"] = [];

/** What a call sends, and how. */
export interface CallRequest {
  /** The request as the program knows it, for tracing. */
  readonly message: unknown;
  readonly frames: readonly Frame[];
  readonly options: CallOptions;
  readonly explain: Call["explain"];
}

/** A call that begins now. */
export function newCall(
  { message, frames, options, explain }: CallRequest,
  defaults: CheckedClientOptions,
  stream: StreamCall | undefined,
  resolve: Call["resolve"],
): Call {
  const { metadata } = options;
  const timeout = options.timeout ?? (stream === undefined ? defaults.timeout : Number.POSITIVE_INFINITY);
  return {
    frames,
    extension:
      stream === undefined && metadata === undefined ? undefined : encodeExtension(stream?.settings.window, metadata),
    stream,
    idempotent: options.idempotent === true,
    priority: options.priority ?? 0,
    timeout,
    deadline: performance.now() + timeout,
    waitsForServer: options.waitForServer ?? defaults.waitForServer,
    explain,
    resolve,
    told: clientTrace.start(message),
    attempts: noAttempts,
    made: 0,
    moved: false,
    last: undefined,
    previous: undefined,
    next: undefined,
    timers: undefined,
    release: nothing,
  };
}

/** One transmission of the request of a call. */
export interface Attempt extends LinkRequest {
  readonly call: Call;
  readonly link: Link;
}

/** Stops the timers of a call. */
export function clearTimers(call: Call): void {
  if (call.timers !== undefined) for (const timer of call.timers) clearTimeout(timer);
}

/**
 * Runs an action after this many milliseconds, unless the call settles first and clears its timers. Delays beyond the
 * limit of timers never end.
 */
export function after(call: Call, delay: number, action: () => void): void {
  if (delay > longestTimer) return;
  const timer = setTimeout(() => {
    call.timers?.delete(timer);
    action();
  }, delay);
  call.timers ??= new Set();
  call.timers.add(timer);
}

function nothing(): void {}
