/** A streaming call at its client: the items that the server streams, and those that the program streams to it. */

import type { Message } from "@awaitmq/core";
import { longestTimer } from "@awaitmq/core/internals";
import { closeUnread } from "../../streams/answer.ts";
import { ItemReceiver } from "../../streams/item-receiver.ts";
import { type EncodeItem, ItemSender, type SendItems } from "../../streams/item-sender.ts";
import { guardReadable } from "../../streams/readable.ts";
import { type Credit, decodeCredit, noCredit } from "../../wire/credit.ts";
import { type MessageType, messageTypes } from "../../wire/envelope.ts";

/** The server that the call went to. */
export interface StreamPort {
  readonly send: SendItems;
  /** Lets the server send more. */
  readonly grant: (credit: Credit) => void;
}

export interface StreamSettings {
  /** What the program lets the server send ahead. */
  readonly window: Credit;
  /** What the program streams to the server. */
  readonly input: AsyncIterable<unknown> | undefined;
  /** Milliseconds that a reader waits for an item at most. */
  readonly idleTimeout: number;
  /** Milliseconds that leaving waits for the server's handler. */
  readonly grace: number;
  readonly encode: EncodeItem;
  /** Returns what the reader gets of an item. */
  readonly read: (item: Message) => unknown | Promise<unknown>;
}

/** What the stream tells the call that it belongs to. */
export interface StreamOwner {
  /** No item came within `idleTimeout`. */
  idle(): void;
  /** The reader left, because an item could not be read. */
  left(): void;
  /** The input failed. */
  failed(error: unknown): void;
}

export class StreamCall {
  readonly settings: StreamSettings;
  readonly replies: ItemReceiver<unknown>;
  /** Resolves when the server of a stream that was left has finished, or after `grace`. */
  over: Promise<void> = Promise.resolve();
  /** Set when the call begins. */
  owner: StreamOwner | undefined;
  #port: StreamPort | undefined;
  #input: ItemSender | undefined;
  #isSettled = false;
  /** Since when readers wait for the next item, in the time of `performance.now()`. Undefined while they do not. */
  #waitsSince: number | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(settings: StreamSettings) {
    this.settings = settings;
    this.replies = new ItemReceiver(settings.window, true, {
      read: settings.read,
      grant: (credit) => this.#port?.grant(credit),
      unreadable: () => this.owner?.left(),
      waits: settings.idleTimeout <= longestTimer ? (areWaiting) => this.#wait(areWaiting) : undefined,
    });
    guardReadable(settings.input, this.#inputFailed);
  }

  /** Reports an error of a readable stream before it is read. */
  readonly #inputFailed = (error: Error): void => {
    if (this.#input === undefined && !this.#isSettled) this.owner?.failed(error);
  };

  get hasInput(): boolean {
    return this.settings.input !== undefined;
  }

  /** Whether an item has come, or the input was asked for one. Then another attempt would lose or repeat items. */
  get hasBegun(): boolean {
    return this.replies.received > 0 || this.#input !== undefined;
  }

  /** An attempt begins. */
  begin(port: StreamPort): void {
    this.#port = port;
  }

  /**
   * Takes a message of the server.
   *
   * @throws EnvelopeError if it breaks the rules
   */
  take(type: MessageType, flags: number, position: number, body: readonly Buffer[]): void {
    if (type === messageTypes.credit) {
      const credit = decodeCredit(body[0]);
      if (credit.items > 0 || credit.bytes > 0) this.#sender()?.grant(credit);
    } else if (type === messageTypes.enough) this.#sender()?.finish();
    else this.replies.take(type, flags, position, body);
  }

  /** The call has ended. With an outcome it failed. */
  settle(outcome: Promise<never> | undefined): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    // A schema may still check the last items.
    if (this.#waitsSince === undefined) this.#stopWatching();
    if (outcome === undefined) this.replies.end();
    else {
      let isTaken = false;
      this.replies.fail(() => {
        isTaken = true;
        return outcome;
      });
      // No reader waits, and none may come. With a reader, this would hide the reader from the stack of the error.
      if (!isTaken) outcome.catch(nothing);
    }
    const { input } = this.settings;
    if (this.#input !== undefined) this.#input.stop(undefined);
    // The call has its outcome, whatever this gives.
    else if (input !== undefined) closeUnread(input).catch(nothing);
  }

  /** The first credit starts the input. Undefined if there is none. */
  #sender(): ItemSender | undefined {
    const { input, encode } = this.settings;
    if (this.#input !== undefined || input === undefined || this.#isSettled) return this.#input;
    const sender = new ItemSender(noCredit, encode, (...message) => this.#port?.send(...message));
    this.#input = sender;
    sender.begin(input);
    sender.done.catch((error) => this.owner?.failed(error));
    return sender;
  }

  #wait(isWaiting: boolean): void {
    this.#waitsSince = isWaiting ? performance.now() : undefined;
    if (!isWaiting && this.#isSettled) this.#stopWatching();
    if (isWaiting) this.#idle ??= setTimeout(this.#look, this.settings.idleTimeout);
  }

  #stopWatching(): void {
    clearTimeout(this.#idle);
    this.#idle = undefined;
  }

  /** One timer watches all waits. It is set anew only when it fires. */
  readonly #look = (): void => {
    this.#idle = undefined;
    if (this.#waitsSince === undefined) return;
    const left = this.#waitsSince + this.settings.idleTimeout - performance.now();
    if (left <= 0) this.owner?.idle();
    else this.#idle = setTimeout(this.#look, Math.ceil(left));
  };
}

function nothing(): void {}
