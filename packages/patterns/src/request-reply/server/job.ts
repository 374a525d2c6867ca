/** One request at the server, from its arrival to the end of its reply. */

import { type Message, TimeoutError } from "@awaitmq/core";
import { longestTimer, toKey } from "@awaitmq/core/internals";
import { DisconnectedError } from "../../errors.ts";
import { clientOf, correlationOf, remainingOf } from "../wire/envelope.ts";

/** It waits for its turn; its handler runs, or the reply is on its way; nobody waits for a reply any more; it has its answer, or needs none. */
export type JobState = "waiting" | "begun" | "unwanted" | "finished";

export class Job {
  readonly peer: Buffer;
  /** The peer's routing id as text, for maps. */
  readonly peerKey: string;
  readonly body: Message;
  /** The routing ids that it came with. */
  readonly route: readonly Buffer[];
  /** Whether it came in a packet, and so may the reply. */
  readonly wasPacked: boolean;
  readonly header: Buffer | undefined;
  readonly priority: number;
  /** What a cancellation names it by, beside the peer; for a plain client an object that nobody else has. */
  readonly key: string | object;
  /** Which client of a proxy it came from; undefined where no proxy is between. */
  readonly clientKey: string | undefined;
  /** When the client's time runs out, as `performance.now()` tells it. */
  readonly deadline: number;
  state: JobState = "waiting";
  /** While its handler runs: settles when that has ended. */
  outcome: Promise<void> | undefined;
  #controller: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  constructor(route: readonly Buffer[], header: Buffer | undefined, body: Message, wasPacked: boolean) {
    this.route = route;
    this.wasPacked = wasPacked;
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

  /** Made when a handler asks for it: most never do. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
      else if (this.state !== "finished" && this.deadline !== Number.POSITIVE_INFINITY) {
        const left = Math.min(Math.max(0, this.deadline - performance.now()), longestTimer);
        this.#timer = setTimeout(
          () => this.giveUp(new TimeoutError("The client's deadline for this request has passed")),
          left,
        );
      }
    }
    return this.#controller.signal;
  }

  /** Set where the client is known to have gone. */
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
  }

  /** The client does not wait for the reply any more. */
  giveUp(reason: unknown): void {
    if (this.state !== "finished") this.state = "unwanted";
    this.abort(reason);
  }

  /** No handler uses it any more. */
  finish(): void {
    this.state = "finished";
    clearTimeout(this.#timer);
  }
}

/** Tells a request from all others of its peer. Clients of a proxy may have chosen the same correlation id. */
export function requestKeyOf(route: readonly Buffer[], header: Buffer): string {
  return route.length === 1 ? correlationOf(header) : `${correlationOf(header)}${behindProxy(route)}`;
}

/** Tells the clients of a proxy from each other: by what each calls itself, plain ones by where they are. */
function clientKeyOf(route: readonly Buffer[], header: Buffer | undefined): string {
  return `${toKey(route[0] as Buffer)} ${header === undefined ? behindProxy(route) : clientOf(header)}`;
}

/** The way behind the proxy, in a form that no other way has. */
function behindProxy(route: readonly Buffer[]): string {
  return route
    .slice(1)
    .map((id) => `/${id.toString("hex")}`)
    .join("");
}
