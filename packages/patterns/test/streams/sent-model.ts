/** What one end of a stream may send, and must. It stands where the socket would. */

import type { Frame } from "@awaitmq/core";
import type { SendItems } from "../../src/streams/item-sender.ts";
import type { Credit } from "../../src/wire/credit.ts";
import { itemFlags, messageTypes } from "../../src/wire/envelope.ts";
import { bytesOf, type Item, isSame, type Script, unpackItems } from "./script.ts";
import { moved, turns } from "./turns.ts";

/** The largest credit that a stream can have. */
const most = 2 ** 32 - 1;

/** When libzmq takes a message: in the call, a tick later, or when the test says so. */
export type Acceptance = "at once" | "soon" | "when told";

export class SentModel {
  readonly script: Script;
  readonly acceptance: Acceptance;
  /** Whether the program learns that the stream has ended well. */
  readonly tellsEnd: boolean;
  readonly lost = new Error("The message was not sent");
  /** How many items were sent. */
  position = 0;
  /** Whether the end was sent. */
  isEnded = false;
  /** Whether nothing may be sent any more: the stream was left, or a message was not sent. */
  isStopped = false;
  /** Whether the other end asked for no more items. */
  isEnough = false;
  /** How the stream ended for its program. */
  outcome: "resolved" | { readonly error: unknown } | undefined;
  /** Gets each message. */
  onMessage: ((type: number, flags: number, position: number, body: readonly Frame[]) => void) | undefined;
  #granted = { items: 0, bytes: 0 };
  #sentBytes = 0;
  #pending: ((error?: Error) => void) | undefined;
  /** The message that waits, and its bytes when it was sent. */
  #body: readonly Frame[] = [];
  #bytes: Item = [];

  constructor(script: Script, acceptance: Acceptance, tellsEnd: boolean) {
    this.script = script;
    this.acceptance = acceptance;
    this.tellsEnd = tellsEnd;
  }

  get isPending(): boolean {
    return this.#pending !== undefined;
  }

  /** Adds credit. Returns whether that breaks the rules. Undefined if it depends on items that are not sent yet. */
  grant({ items, bytes }: Credit): boolean | undefined {
    this.#granted.items += items;
    this.#granted.bytes += bytes;
    const { yielded, yieldedBytes } = this.script;
    if (this.#granted.items - this.position <= most && this.#granted.bytes - this.#sentBytes <= most) return false;
    return this.#granted.items - yielded.length > most || this.#granted.bytes - yieldedBytes > most || undefined;
  }

  get hasCredit(): boolean {
    return this.#granted.items > this.position && this.#granted.bytes > this.#sentBytes;
  }

  readonly send: SendItems = (type, flags, position, body, done) => {
    moved();
    if (this.isStopped) this.#fault("sent a message after the stream was left");
    if (this.isEnded) this.#fault("sent a message after the end");
    if (this.#pending !== undefined) this.#fault("sent a message while another one waits");
    if (position >>> 0 !== this.position >>> 0) this.#fault(`sent position ${position} instead of ${this.position}`);
    if (type === messageTypes.items) for (const item of unpackItems(body[0] as Buffer)) this.#charge(item);
    else if (type === messageTypes.item) this.#charge(body);
    else if (type !== messageTypes.end) this.#fault(`sent the type ${type}`);
    if (type === messageTypes.end || (flags & itemFlags.last) !== 0) {
      this.isEnded = true;
      if (!this.#isFinished) this.#fault("sent the end of items that have not ended");
      if (this.position < this.script.owed) this.#fault("sent the end before all items");
    }
    this.onMessage?.(type, flags, position, body);
    if (this.acceptance === "at once") done();
    else {
      this.#pending = done;
      this.#body = body;
      this.#bytes = type === messageTypes.items ? body.map((frame) => Buffer.from(frame as Buffer)) : body;
      if (this.acceptance === "soon") process.nextTick(() => this.accept());
    }
  };

  /** Libzmq takes the message that waits, or does not. */
  accept(error?: Error): void {
    const done = this.#pending;
    if (done === undefined) return;
    moved();
    this.#pending = undefined;
    if (!isSame(this.#body, this.#bytes)) this.#fault("changed a message that waits");
    if (error !== undefined) {
      this.isStopped = true;
      this.isEnded = false;
    }
    done(error);
  }

  /** Nothing moves: everything that can be sent must have been sent. */
  check(hasBegun: boolean): void {
    const { script, outcome } = this;
    if (outcome !== undefined && script.hasBegun && script.end === undefined)
      this.#fault("settled before the producer finished");
    if (script.finallyRuns > 1) this.#fault("ended the producer twice");
    if (this.isStopped || this.isPending || turns.isOver || !hasBegun) return;
    if (this.position < script.owed) this.#fault(`sent ${this.position} of ${script.owed} items`);
    if (this.#isFinished && !script.isUnsent) {
      if (!this.isEnded) this.#fault("sent no end");
      if (outcome !== (this.tellsEnd ? "resolved" : undefined)) this.#fault("did not settle after the end");
    } else if (script.end !== undefined) {
      const error = script.isUnsent ? script.unsendable : script.error;
      if (typeof outcome !== "object" || outcome.error !== error) this.#fault("hid the error of the producer");
      if (this.isEnded) this.#fault("sent an end after an error");
    } else {
      if (outcome !== undefined) this.#fault("settled before the end");
      if (this.hasCredit && !this.isEnough && !script.isWaiting) this.#fault("asked for no item in spite of credit");
    }
  }

  /** Whether the producer has ended well. One that was never asked for an item need not notice. */
  get #isFinished(): boolean {
    return this.script.end === "returned" || (this.isEnough && !this.script.hasBegun);
  }

  #charge(item: Item): void {
    const expected = this.script.yielded[this.position];
    if (expected === undefined || !isSame(expected, item)) this.#fault(`sent another item as number ${this.position}`);
    if (!this.hasCredit) this.#fault("sent an item without credit");
    this.position += 1;
    this.#sentBytes += bytesOf(item);
  }

  #fault(what: string): void {
    this.script.faults.push(`It ${what}`);
  }
}
