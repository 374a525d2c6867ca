/** A streaming call at its server: the items that the client streams, and those that the handler yields. */

import type { Message } from "@awaitmq/core";
import { EnvelopeError } from "../errors.ts";
import { type Credit, decodeCredit, noCredit, sumOf } from "../wire/credit.ts";
import { type MessageType, messageTypes } from "../wire/envelope.ts";
import { ItemReceiver } from "./item-receiver.ts";
import { type EncodeItem, ItemSender, type SendItems } from "./item-sender.ts";
import { ServedInput } from "./served-input.ts";

/** Sends the messages of one call. */
export interface ServedStreamPort {
  readonly send: SendItems;
  /** Lets the client send more. */
  readonly grant: (credit: Credit) => void;
  /** Asks the client to send no more. */
  readonly enough: () => void;
}

export class ServedStream {
  readonly #port: ServedStreamPort;
  readonly #input: ItemReceiver<unknown> | undefined;
  #output: ItemSender | undefined;
  /** Credit for items before the handler streams. */
  #credit: Credit;
  /** Whether the client knows that this server takes the call. */
  #isAcknowledged = false;
  #left: { readonly reason: unknown } | undefined;

  /**
   * @param credit what the client lets the handler send at first
   * @param window what the handler lets the client send. Undefined if the client sends nothing
   * @param read makes what the handler gets of an item
   */
  constructor(
    port: ServedStreamPort,
    credit: Credit,
    window: Credit | undefined,
    read: (item: Message) => unknown | Promise<unknown>,
  ) {
    this.#port = port;
    this.#credit = credit;
    if (window === undefined) return;
    const grant = (more: Credit) => {
      this.#isAcknowledged = true;
      port.grant(more);
    };
    this.#input = new ItemReceiver(window, false, { read, grant, unreadable: () => port.enough() });
  }

  /** What the client streams, for the handler. */
  get input(): AsyncIterableIterator<unknown, undefined> {
    return new ServedInput(this.#input, this.#port.enough);
  }

  /** Settles when the handler has given what it was last asked for. Nobody awaits it. */
  get taking(): Promise<void> | undefined {
    return this.#output?.taking;
  }

  /** Why an item of the handler was not sent. */
  get undelivered(): Error | undefined {
    return this.#output?.undelivered;
  }

  /** Whether the client has been sent all items and the end. */
  get isComplete(): boolean {
    return this.#output?.isComplete === true;
  }

  /** Tells the client that the call has begun, if it does not know yet. */
  acknowledge(): void {
    if (this.#isAcknowledged) return;
    this.#isAcknowledged = true;
    this.#port.grant(noCredit);
  }

  /**
   * Takes a message of the client.
   *
   * @throws EnvelopeError if it breaks the rules
   */
  take(type: MessageType, flags: number, position: number, body: readonly Buffer[]): void {
    // What crosses the end of a call breaks no rule.
    if (this.#left !== undefined) return;
    if (type === messageTypes.credit) {
      const credit = decodeCredit(body[0]);
      if (this.#output !== undefined) this.#output.grant(credit);
      else this.#credit = sumOf(this.#credit, credit);
    } else if (this.#input === undefined)
      throw new EnvelopeError("The client sent items in a call that it opened without input");
    else this.#input.take(type, flags, position, body);
  }

  /**
   * Streams what a handler yields. Resolves when all items have left and the client knows the end, or when the stream
   * was left and the handler has finished. Rejects if the handler fails.
   */
  run(items: AsyncIterable<unknown>, encode: EncodeItem): Promise<void> {
    const output = new ItemSender(this.#credit, encode, this.#port.send);
    this.#output = output;
    if (this.#left !== undefined) output.stop(this.#left.reason);
    output.begin(items);
    return output.done;
  }

  /** Sends nothing more. The handler's generator returns, and its input fails with the reason. */
  leave(reason: unknown): void {
    this.#left ??= { reason };
    this.#input?.giveUp(() => Promise.reject(reason));
    this.#output?.stop(reason);
  }

  /** The call is over. Reads of the input that are pending are done. */
  finish(): void {
    if (this.#input?.isOver === false) this.#input.leave();
  }
}
