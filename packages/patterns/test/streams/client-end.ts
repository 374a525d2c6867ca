/** The client's end of a stream, as a client runs it. */

import { StreamCall } from "../../src/request-reply/client/stream-call.ts";
import { type MessageType, messageTypes } from "../../src/wire/envelope.ts";
import type { End } from "./play.ts";
import { ReceivedModel } from "./received-model.ts";
import { itemOf, Script } from "./script.ts";
import { SentModel } from "./sent-model.ts";
import type { Settings } from "./settings.ts";
import { moved } from "./turns.ts";

export class ClientEnd implements End {
  readonly faults: string[] = [];
  readonly script = new Script(this.faults);
  readonly sent: SentModel;
  readonly received: ReceivedModel;
  readonly takesItems = true;
  readonly sendsItems: boolean;
  hasBegun = false;
  isOver = false;
  readonly isDeaf = false;
  readonly #keeps: boolean;
  readonly #stream: StreamCall;

  constructor({ window, acceptance, hasInput, isByHand, keeps, reading }: Settings) {
    this.#keeps = keeps;
    this.sendsItems = hasInput;
    this.sent = new SentModel(this.script, acceptance, false);
    this.received = new ReceivedModel(this.faults, window, true, reading);
    const input = isByHand ? this.script.iterate() : this.script.generate();
    this.#stream = new StreamCall({
      window,
      input: hasInput ? input : undefined,
      idleTimeout: Number.POSITIVE_INFINITY,
      grace: 0,
      encode: this.script.encode,
      read: this.received.read,
    });
    this.#stream.owner = {
      idle: () => this.faults.push("It was idle without a limit"),
      left: () => {
        this.received.leave();
        this.#settle();
      },
      failed: (error) => this.#inputFailed(error),
    };
    this.#stream.begin({ send: this.sent.send, grant: this.received.grant });
  }

  take(type: MessageType, flags: number, position: number, body: readonly Buffer[]): void {
    if (type === messageTypes.credit && this.sendsItems && body[0]?.length === 8)
      this.hasBegun ||= body[0].some((byte) => byte > 0);
    this.#stream.take(type, flags, position, body);
    if (this.#stream.replies.isEnded) this.#settle();
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    return this.#stream.replies.next();
  }

  leaveReading(): void {
    this.received.leave();
    this.#stream.replies.leave();
    this.#settle();
  }

  /** As a client does when a call fails. */
  fail(error: unknown, isViolation: boolean): void {
    if (this.isOver) return;
    const keeps = isViolation || this.#keeps;
    this.received.fail(keeps ? "kept" : "dropped", error);
    if (!keeps) this.#stream.replies.drop();
    this.#settle(Promise.reject(error));
  }

  /** The server wants no more items, or answers with one reply. */
  special(choice: number): void {
    if (this.isOver) return;
    if (choice % 8 > 0) {
      if (this.sendsItems) {
        this.sent.isEnough = true;
        this.hasBegun = true;
      }
      this.take(messageTypes.enough, 0, 0, []);
    } else if (this.received.received === 0) {
      const item = itemOf(0, choice, 3);
      this.received.takeOnly(item);
      this.#stream.replies.takeOnly(item as [Buffer]);
      this.#settle();
    }
  }

  #inputFailed(error: unknown): void {
    moved();
    this.sent.outcome ??= { error };
    if (this.isOver) return;
    this.received.fail("kept", error);
    this.#settle(Promise.reject(error));
  }

  #settle(outcome?: Promise<never>): void {
    if (this.isOver) return;
    this.isOver = true;
    this.sent.isStopped = true;
    this.#stream.settle(outcome);
  }
}
