/** One request at the server, from its arrival to the end of its reply. */

import { type Message, TimeoutError } from "@awaitmq/core";
import { longestTimer } from "@awaitmq/core/internals";
import { correlationOf, remainingOf } from "../../message/envelope.ts";
import type { RequestContext } from "./serve-options.ts";

export class Job implements RequestContext {
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
  /** When the client's time runs out, as `performance.now()` tells it. */
  readonly deadline: number;
  /** Whether a reply would find nobody who waits for it. */
  isUnwanted = false;
  hasBegun = false;
  /** Whether it has its answer, or needs none. */
  isFinished = false;
  #controller: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  constructor(route: readonly Buffer[], header: Buffer | undefined, body: Message, wasPacked: boolean) {
    this.route = route;
    this.wasPacked = wasPacked;
    this.peer = route[0] as Buffer;
    this.peerKey = keyOf(this.peer);
    this.header = header;
    this.body = body;
    this.priority = header === undefined ? 0 : header.readInt8(5);
    this.key = header === undefined ? this : correlationOf(header);
    const remaining = header === undefined ? Number.POSITIVE_INFINITY : remainingOf(header);
    this.deadline = remaining === Number.POSITIVE_INFINITY ? remaining : performance.now() + remaining;
  }

  /** Made when a handler asks for it: most never do. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
      else if (!this.isFinished && this.deadline !== Number.POSITIVE_INFINITY) {
        const left = Math.min(Math.max(0, this.deadline - performance.now()), longestTimer);
        this.#timer = setTimeout(
          () => this.giveUp(new TimeoutError("The client's time for this request is over")),
          left,
        );
      }
    }
    return this.#controller.signal;
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
    this.isUnwanted = true;
    this.abort(reason);
  }

  /** No handler uses it any more. */
  finish(): void {
    this.isFinished = true;
    clearTimeout(this.#timer);
  }
}

export function keyOf(peer: Buffer): string {
  return peer.toString("latin1");
}
