/**
 * The sending half of a stream: takes items from an iterator while there is credit, and sends them. Small items of one
 * tick leave together. One message at a time waits for libzmq, so that items stay in order.
 */

import type { Frame } from "@awaitmq/core";
import { nextTurn, turnIsOver } from "@awaitmq/core/internals";
import { type Credit, sumOf } from "../wire/credit.ts";
import { itemFlags, type MessageType, messageTypes } from "../wire/envelope.ts";
import { ItemsWriter, noRoom } from "../wire/items.ts";
import { isDueTo } from "./is-due-to.ts";
import { guardReadable, releaseReadable } from "./readable.ts";

/**
 * Sends a message of a stream. `done` is called when libzmq has it, or with the error why it was not sent. The memory of
 * several items in one frame is reused after that.
 */
export type SendItems = (
  type: MessageType,
  flags: number,
  position: number,
  body: readonly Frame[],
  done: (error?: Error) => void,
) => void;

/** Returns the frames of an item, which nobody else changes, or a promise of them. */
export type EncodeItem = (item: unknown) => readonly Frame[] | Promise<readonly Frame[]>;

/** Items after which the sender checks whether the event loop needs a turn. */
const itemsPerLook = 8;

export class ItemSender {
  /** Resolves when all items and the end have left, or after `stop`. Rejects if the iterator failed. */
  readonly done: Promise<void>;
  readonly #encode: EncodeItem;
  readonly #send: SendItems;
  #settle!: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  #iterator: AsyncIterator<unknown> | undefined;
  #source: AsyncIterable<unknown> | undefined;
  /** What the receiver allows. */
  #items: number;
  #bytes: number;
  /** Small items that leave before the tick ends: with half of a window, the receiver can grant more meanwhile. */
  #most: number;
  /** How many items were handed over to be sent. */
  #sent = 0;
  readonly #small = new ItemsWriter();
  /** An item that leaves alone, after the small ones. */
  #large: readonly Frame[] | undefined;
  /** Whether the iterator was asked for an item. */
  #isPulling = false;
  /** Whether a message waits for libzmq. */
  #isSending = false;
  #isFlushDue = false;
  /** Set when the iterator has ended, with its error if it failed. */
  #ended: { readonly error?: unknown } | undefined;
  /** Set when the iterator gave an item that cannot be sent. Then it returns. */
  #unsendable: { readonly error: unknown } | undefined;
  #isStopped = false;
  /** Why it was stopped. */
  #reason: unknown;
  /** Whether the iterator returns, after which the end is sent. */
  #isFinishing = false;
  /** Whether the receiver knows the end. */
  #isEndSent = false;
  /** The pending call of the iterator. Nobody awaits it, so a handler that awaits its own server's stop can be found. */
  taking: Promise<void> | undefined;
  /** How often the iterator was asked for an item. */
  #asked = 0;
  /** Why a message was not sent. Then nothing else is. */
  undelivered: Error | undefined;

  constructor(credit: Credit, encode: EncodeItem, send: SendItems) {
    this.#items = credit.items;
    this.#most = mostTogether(credit.items);
    this.#bytes = credit.bytes;
    this.#encode = encode;
    this.#send = send;
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // The owner may look at it late.
    this.done.catch(nothing);
  }

  /** Whether the receiver gets all items and the end. */
  get isComplete(): boolean {
    return this.#isEndSent;
  }

  /** @throws EnvelopeError if the credit becomes larger than any window */
  grant(credit: Credit): void {
    // The first grant to an input is its whole window.
    if (this.#most === 0) this.#most = mostTogether(credit.items);
    const { items, bytes } = sumOf({ items: this.#items, bytes: this.#bytes }, credit);
    this.#items = items;
    this.#bytes = bytes;
    this.#pull();
  }

  /** Begins to take items. */
  begin(items: AsyncIterable<unknown>): void {
    this.#source = items;
    // Its iterator reports the error.
    guardReadable(items, nothing);
    try {
      this.#iterator = items[Symbol.asyncIterator]();
    } catch (error) {
      if (this.#isStopped) this.#settle.reject(error);
      else this.#end({ error });
      return;
    }
    if (this.#isStopped) this.#return();
    else this.#pull();
  }

  /** Sends what was taken so far, and takes no more: the iterator returns. */
  finish(): void {
    if (this.#ended !== undefined || this.#isStopped || this.#isFinishing) return;
    this.#isFinishing = true;
    this.#returned().then(
      () => this.#end({}),
      (error) => this.#end({ error }),
    );
  }

  /**
   * Sends nothing more. `done` settles when the iterator has returned. It rejects if the iterator fails for another
   * reason than this one.
   */
  stop(reason: unknown): void {
    if (this.#isStopped || this.#isEndSent) return;
    this.#isStopped = true;
    this.#reason = reason;
    this.#small.clear();
    this.#large = undefined;
    if (this.#ended !== undefined) this.#settle.resolve();
    else if (this.#iterator !== undefined) this.#return();
  }

  #return(): void {
    // V8 would follow the functions of `done` to that promise, which others await.
    this.taking = this.#returned().then(
      () => this.#settle.resolve(),
      (error) => this.#settle.reject(error),
    );
  }

  async #returned(): Promise<void> {
    await this.#iterator?.return?.();
    releaseReadable(this.#source);
  }

  get #mayPull(): boolean {
    if (this.#isSending || this.#isFinishing || this.#isStopped || this.#ended !== undefined) return false;
    return this.#iterator !== undefined && this.#items > 0 && this.#bytes > 0;
  }

  /** Only one loop takes items. */
  #pull(): void {
    if (this.#isPulling || !this.#mayPull) return;
    this.#isPulling = true;
    this.taking = this.#takeAll();
  }

  /** Takes items while it may. */
  async #takeAll(): Promise<void> {
    try {
      do {
        // Asking for the time costs as much as a small item.
        if (this.#asked++ % itemsPerLook === 0 && turnIsOver()) await nextTurn();
        if (this.#isStopped || this.#isFinishing) return;
        const result = await (this.#iterator as AsyncIterator<unknown>).next();
        // An iterator may return while it still owes an item.
        if (this.#isStopped || this.#ended !== undefined) return;
        if (result.done === true) {
          this.#end({});
          return;
        }
        const adding = this.#encodeAndAdd(result.value);
        if (!(adding instanceof Promise ? await adding : adding)) return;
      } while (this.#mayPull);
    } catch (error) {
      if (!this.#isStopped) this.#end({ error });
      else if (!isDueTo(error, this.#reason)) this.#settle.reject(error);
    } finally {
      this.#isPulling = false;
    }
  }

  /** False if the item cannot be encoded. Then the iterator returns, and the stream fails. */
  #encodeAndAdd(item: unknown): boolean | Promise<boolean> {
    try {
      const body = this.#encode(item);
      if (!(body instanceof Promise)) return this.#add(body);
      // It may have been stopped meanwhile.
      const add = (frames: readonly Frame[]) => !this.#isStopped && this.#ended === undefined && this.#add(frames);
      return body.then(add).catch((error) => this.#refuse(error));
    } catch (error) {
      return this.#refuse(error);
    }
  }

  #refuse(error: unknown): false {
    this.#unsendable = { error };
    this.#isFinishing = true;
    const failed = () => this.#end({ error });
    this.#returned().then(failed, failed);
    return false;
  }

  #add(body: readonly Frame[]): true {
    this.#items -= 1;
    if (this.#small.count >= this.#most) this.#flush();
    let bytes = this.#small.add(body);
    if (bytes === noRoom) {
      this.#flush();
      bytes = this.#small.add(body);
    }
    if (bytes >= 0) this.#bytes -= bytes;
    else {
      this.#large = body;
      for (const frame of body) this.#bytes -= lengthOf(frame);
      this.#flush();
    }
    this.#flushSoon();
    return true;
  }

  /** The iterator has ended. The first outcome counts. */
  #end(ended: { readonly error?: unknown }): void {
    if (this.#isStopped || this.#ended !== undefined) return;
    this.#ended = this.#unsendable ?? ended;
    this.#flushSoon();
  }

  /** Sends at the end of the tick, together with what is taken until then. */
  #flushSoon(): void {
    if (this.#isFlushDue || this.#isSending) return;
    this.#isFlushDue = true;
    process.nextTick(this.#flushDue);
  }

  readonly #flushDue = (): void => {
    this.#isFlushDue = false;
    this.#flush();
  };

  #flush(): void {
    if (this.#isSending || this.#isStopped) return;
    const { count } = this.#small;
    const large = this.#large;
    const isLast = this.#ended !== undefined && !("error" in this.#ended);
    if (count > 0) this.#hand(messageTypes.items, count, [this.#small.finish()], isLast && large === undefined);
    else if (large !== undefined) {
      this.#large = undefined;
      this.#hand(messageTypes.item, 1, large, isLast);
    } else if (isLast && !this.#isEndSent) this.#hand(messageTypes.end, 0, [], true);
    else if (this.#ended !== undefined) {
      if ("error" in this.#ended) this.#settle.reject(this.#ended.error);
      else this.#settle.resolve();
    }
  }

  #hand(type: MessageType, count: number, body: readonly Frame[], isLast: boolean): void {
    const position = this.#sent;
    this.#sent += count;
    this.#isSending = true;
    if (isLast) this.#isEndSent = true;
    this.#send(type, isLast ? itemFlags.last : 0, position, body, this.#handed);
  }

  readonly #handed = (error?: Error): void => {
    this.#isSending = false;
    this.#small.release();
    if (error !== undefined) {
      this.undelivered ??= error;
      this.#isEndSent = false;
      this.stop(error);
    } else if (this.#ended !== undefined || this.#large !== undefined) this.#flush();
    else {
      this.#pull();
      if (this.#small.count > 0) this.#flushSoon();
    }
  };
}

function mostTogether(window: number): number {
  return Math.ceil(window / 2);
}

function lengthOf(frame: Frame): number {
  if (frame === null) return 0;
  return typeof frame === "string" ? Buffer.byteLength(frame) : frame.byteLength;
}

function nothing(): void {}
