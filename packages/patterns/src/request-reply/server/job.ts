/** One request at the server, from its arrival to the end of its reply. */

import { type Message, TimeoutError } from "@awaitmq/core";
import { longestTimer, toKey } from "@awaitmq/core/internals";
import { DisconnectedError, type EnvelopeError } from "../../errors.ts";
import type { ServedStream } from "../../streams/served-stream.ts";
import type { Credit } from "../../wire/credit.ts";
import { clientOf, correlationOf, flagsOf, remainingOf, requestFlags } from "../../wire/envelope.ts";
import { extensionOf } from "../../wire/extension.ts";
import type { Metadata } from "../../wire/metadata.ts";

/**
 * It waits for a handler; its handler runs or its reply is being sent; nobody waits for the reply any more; it is
 * answered, or needs no answer.
 */
export type JobState = "waiting" | "begun" | "unwanted" | "finished";

export class Job {
  readonly peer: Buffer;
  /** The peer's routing id as text, for maps. */
  readonly peerKey: string;
  readonly body: Message;
  /** The routing ids that it arrived with. */
  readonly route: readonly Buffer[];
  /** Whether it arrived in a packet. Then its reply may too. */
  readonly wasPacked: boolean;
  readonly header: Buffer | undefined;
  readonly priority: number;
  /** Its name in a cancellation from its peer. A plain client cannot cancel: its key is a unique object. */
  readonly key: string | object;
  /** The client behind a proxy that sent it. Undefined without a proxy. */
  readonly clientKey: string | undefined;
  readonly metadata: Metadata;
  /** What the client lets the handler stream at first. Undefined for a plain request. */
  readonly credit: Credit | undefined;
  /** When the client times out, in the time of `performance.now()`. */
  readonly deadline: number;
  state: JobState = "waiting";
  /** Settles when its handler has ended. Set while that runs. */
  outcome: Promise<void> | undefined;
  /** Set for a streaming call that was taken. */
  stream: ServedStream | undefined;
  /** Why the call ends because of what its client sent. */
  fault: EnvelopeError | undefined;
  #controller: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  /** @throws EnvelopeError for a header with an invalid extension */
  constructor(route: readonly Buffer[], header: Buffer | undefined, body: Message, wasPacked: boolean) {
    const { metadata, credit } = extensionOf(header);
    this.route = route;
    this.metadata = metadata;
    this.credit = credit;
    // Who opens a stream reads packets. A packet has no room for the routing ids behind a proxy.
    this.wasPacked = wasPacked || (credit !== undefined && route.length === 1);
    this.peer = route[0] as Buffer;
    this.peerKey = toKey(this.peer);
    this.header = header;
    this.body = body;
    this.priority = header === undefined ? 0 : header.readInt8(5);
    this.key = header === undefined ? this : requestKeyOf(route, header);
    this.clientKey = route.length === 1 ? undefined : clientKeyOf(route, header);
    const remaining = header === undefined ? Number.POSITIVE_INFINITY : remainingOf(header);
    this.deadline = remaining === Number.POSITIVE_INFINITY ? remaining : performance.now() + remaining;
  }

  /** Created when a handler asks for it: most never do. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
      else if (this.state !== "finished" && this.deadline !== Number.POSITIVE_INFINITY) {
        const left = Math.min(Math.max(0, this.deadline - performance.now()), longestTimer);
        this.#timer = setTimeout(() => this.#expire(), left);
      }
    }
    return this.#controller.signal;
  }

  /** Whether the client of a stream sends items too. */
  get hasInput(): boolean {
    return (flagsOf(this.header as Buffer) & requestFlags.input) !== 0;
  }

  /** Milliseconds until the client times out. */
  get remaining(): number {
    return Math.max(0, this.deadline - performance.now());
  }

  /** Whether the handler was told to stop. */
  get isAborted(): boolean {
    return this.#aborted !== undefined;
  }

  /** Set if the handler of a stream was aborted at the client's deadline. */
  get expiry(): TimeoutError | undefined {
    const reason = this.#aborted?.reason;
    return reason instanceof TimeoutError ? reason : undefined;
  }

  /** Set if the client is known to have disconnected. */
  get disconnection(): DisconnectedError | undefined {
    const reason = this.#aborted?.reason;
    return reason instanceof DisconnectedError ? reason : undefined;
  }

  /** Whether no handler should begin any more. */
  get isOver(): boolean {
    return this.#aborted !== undefined || this.deadline <= performance.now();
  }

  abort(reason: unknown): void {
    this.#aborted ??= { reason };
    this.#controller?.abort(reason);
    this.stream?.leave(reason);
  }

  /** The client no longer waits for the reply. */
  giveUp(reason: unknown): void {
    if (this.state !== "finished") this.state = "unwanted";
    this.abort(reason);
  }

  /** A client of a stream may still wait: its own timer fires later, or it awaits the handler's end. */
  #expire(): void {
    const error = new TimeoutError("The client's deadline for this request has passed");
    if (this.stream === undefined) this.giveUp(error);
    else this.abort(error);
  }

  /** The server is done with it. */
  finish(): void {
    this.state = "finished";
    clearTimeout(this.#timer);
    this.stream?.finish();
  }
}

/** Identifies a request among all of its peer. Clients of a proxy may choose the same correlation id. */
export function requestKeyOf(route: readonly Buffer[], header: Buffer): string {
  return route.length === 1 ? correlationOf(header) : `${correlationOf(header)}${behindProxy(route)}`;
}

/** Identifies a client of a proxy: by its own half of the correlation id, or, for a plain client, by its route. */
function clientKeyOf(route: readonly Buffer[], header: Buffer | undefined): string {
  return `${toKey(route[0] as Buffer)} ${header === undefined ? behindProxy(route) : clientOf(header)}`;
}

/** The route behind the proxy, as unique text. */
function behindProxy(route: readonly Buffer[]): string {
  return route
    .slice(1)
    .map((id) => `/${id.toString("hex")}`)
    .join("");
}
