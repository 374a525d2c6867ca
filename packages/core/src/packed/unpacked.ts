/** Reading packed messages one by one, or a frame's at once. */

import { internals } from "../internals-key.ts";
import type { Message } from "../message/message.ts";
import type { Inbox } from "../receiving/inbox.ts";
import { MessageStream } from "../receiving/stream.ts";
import type { ReceivingSocket } from "../socket/socket.ts";
import type { Dealer, Pair, Pull, Router, Subscriber } from "../socket/sockets.ts";
import { ItemStream } from "../waiting/item-stream.ts";
import { nextTurn, turnIsOver } from "../waiting/loop-budget.ts";
import { callback, flag, type Rules, readOptions, signal } from "../waiting/option-table.ts";
import { tell } from "../waiting/tell.ts";
import { packedFormOf } from "./destination.ts";
import { PackedError, PackedFrame } from "./format.ts";

/** What ends the reading, who owns the memory, and what a damaged frame does. */
export interface UnpackedOptions {
  /** Ends the loop when aborted: it throws `signal.reason`. No message is lost. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Copies each message. Without it a message is a view of its frame, and whoever keeps one keeps the whole frame, 64 KiB by default, in
   * memory. @default false
   */
  readonly copy?: boolean | undefined;
  /**
   * Told of each frame that is damaged, once its good messages were given, and the loop goes on with the next frame. It changes nothing; what it
   * throws is a process warning.
   *
   * @default the loop throws the `PackedError`; another loop over the same socket goes on behind that frame
   */
  readonly onError?: ((error: PackedError, message: Message) => unknown) | undefined;
}

const rules = {
  signal: signal(),
  copy: flag(false),
  onError: callback<NonNullable<UnpackedOptions["onError"]>>(),
} satisfies Rules<UnpackedOptions>;

type PlainSocket = Pull | Pair | Dealer;
type AddressedSocket = Router | Subscriber;

/** What is read: a frame; of a Router or a subscriber the routing id or the topic, and a frame. */
export type UnpackedMessage<S> = S extends { mandatory: boolean } | { subscribe: unknown }
  ? [from: Buffer, frame: Buffer]
  : Buffer;

/** The orderly end of the messages. */
const over = Symbol("over");

/** At most so many messages are given without a look whether others should have their turn. */
const mostBetweenLooks = 256;

/**
 * Gives the messages that a peer wrote by `packed`, in their order, until the loop is left, the signal aborts or the socket closes. What is
 * left of a frame then is there for the next loop. The socket stays open.
 *
 * @throws TypeError for a socket of a type that can't carry them; the loop throws PackedError, `signal.reason`
 */
export function unpacked<S extends PlainSocket | AddressedSocket>(socket: S, options?: UnpackedOptions): Unpacked<S> {
  return new Unpacked(socket, options);
}

/** What {@link unpacked} gives: the reading end of a packed stream. Leave it by `break` or `return`. */
export class Unpacked<S extends PlainSocket | AddressedSocket>
  implements AsyncIterableIterator<UnpackedMessage<S>, undefined>
{
  readonly #inbox: Inbox<Message>;
  readonly #messages: MessageStream<Message>;
  /** Whether a message has a peer or a topic before it. */
  readonly #isAddressed: boolean;
  readonly #copy: boolean;
  readonly #signal: AbortSignal | undefined;
  readonly #onError: UnpackedOptions["onError"];
  #message: Message | undefined;
  #frame: PackedFrame | undefined;
  /** Of the frame whose messages were given last, not told of yet. */
  #damage: { readonly error: unknown; readonly message: Message | undefined } | undefined;
  /** Calls of `next` that wait, each for the one before it. */
  #line: Promise<unknown> | undefined;
  #waiting = 0;
  #untilLook = 1;
  #betweenLooks = 1;

  constructor(socket: S, options: UnpackedOptions = {}) {
    this.#isAddressed = packedFormOf(socket, "unpacked") !== "plain";
    const { signal, copy, onError } = readOptions("unpacked", rules, options);
    this.#inbox = (socket as ReceivingSocket)[internals].inbox as Inbox<Message>;
    this.#messages = new MessageStream(this.#inbox, { signal });
    this.#copy = copy;
    this.#signal = signal;
    this.#onError = onError;
    signal?.addEventListener("abort", this.#look, { once: true });
  }

  /** The stream itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next message. Any number of calls may wait; they are served in their order. When one has rejected the stream is over. */
  next(): Promise<IteratorResult<UnpackedMessage<S>, undefined>> {
    // Ready to give: no call waits, there is something of a frame, and others have had their turn.
    if (this.#line === undefined && this.#frame !== undefined && --this.#untilLook > 0) {
      try {
        const value = this.#take();
        if (value !== undefined) return Promise.resolve({ value, done: false });
      } catch (error) {
        void this.#end();
        return Promise.reject(error);
      }
    }
    return this.#wait();
  }

  /** Leaves the stream. What is left of a frame is for the next reader. */
  async return(): Promise<IteratorResult<UnpackedMessage<S>, undefined>> {
    const damage = this.#damage;
    this.#damage = undefined;
    await this.#end();
    if (damage !== undefined && this.#onError !== undefined) this.#tell(damage.error, damage.message);
    return { value: undefined, done: true };
  }

  /** The same messages as arrays: all that are left of a frame each time, one at least. Leaving them leaves the stream. */
  batches(): AsyncIterableIterator<UnpackedMessage<S>[], undefined> {
    // In line, where the next call is served behind what is done with this one's message.
    const take = () => this.#wait().then(({ value, done }) => (done ? undefined : this.#takeAll([value])));
    return new Batches(take, () => this.return());
  }

  /** Has the next call look whether it may go on. */
  readonly #look = (): void => {
    this.#untilLook = 0;
  };

  #wait(): Promise<IteratorResult<UnpackedMessage<S>, undefined>> {
    this.#waiting += 1;
    const turn = this.#line === undefined ? this.#find() : this.#line.then(() => this.#find());
    this.#line = turn.catch(() => {});
    return turn;
  }

  async #find(): Promise<IteratorResult<UnpackedMessage<S>, undefined>> {
    try {
      await this.#giveWay();
      for (;;) {
        if (this.#signal?.aborted) this.#putBack();
        if (this.#damage !== undefined) {
          const { error, message } = this.#damage;
          this.#damage = undefined;
          this.#tell(error, message);
        }
        const value = this.#take();
        if (value !== undefined) return { value, done: false };
        const { value: message, done } = await this.#messages.next();
        if (done) {
          this.#signal?.removeEventListener("abort", this.#look);
          return { value: undefined, done };
        }
        this.#open(message);
      }
    } catch (error) {
      void this.#end();
      throw error;
    } finally {
      // Before the caller goes on, and may call again.
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#line = undefined;
    }
  }

  /** Lets go of the signal and the socket: a loop that has thrown never says that it leaves. */
  #end(): Promise<unknown> {
    this.#signal?.removeEventListener("abort", this.#look);
    this.#putBack();
    return this.#messages.return();
  }

  /** The more messages in a row are dealt with quickly, the more rarely the clock is asked. */
  async #giveWay(): Promise<void> {
    if (this.#untilLook > 0) return;
    if (turnIsOver()) {
      this.#betweenLooks = Math.max(1, this.#betweenLooks >> 1);
      await nextTurn();
    } else this.#betweenLooks = Math.min(mostBetweenLooks, this.#betweenLooks * 2);
    this.#untilLook = this.#betweenLooks;
  }

  /** The next message of the frame; undefined when there is none, or it is damaged and that was told. */
  #take(): UnpackedMessage<S> | undefined {
    const message = this.#message;
    try {
      const value = this.#read();
      if (value !== undefined) return value;
      this.#close();
    } catch (error) {
      this.#close();
      this.#tell(error, message);
    }
    return undefined;
  }

  /** @throws PackedError */
  #read(): UnpackedMessage<S> | undefined {
    const view = this.#frame?.next();
    if (view === undefined) return undefined;
    const frame = this.#copy ? Buffer.from(view) : view;
    return (this.#isAddressed ? [this.#message?.[0], frame] : frame) as UnpackedMessage<S>;
  }

  #close(): void {
    this.#frame = undefined;
    this.#message = undefined;
  }

  /** What was not given is for the next reader. */
  #putBack(): void {
    const rest = this.#frame?.rest() ?? [];
    if (rest.length > 0 && this.#message !== undefined)
      this.#inbox.putBack([[...this.#message.slice(0, this.#isAddressed ? 1 : 0), ...rest] as unknown as Message]);
    this.#close();
  }

  /** Adds what is left of the frame. Damage is told by the next call of `next`, behind what came before it. */
  #takeAll(batch: UnpackedMessage<S>[]): UnpackedMessage<S>[] {
    const message = this.#message;
    try {
      for (let value = this.#read(); value !== undefined; value = this.#read()) batch.push(value);
    } catch (error) {
      this.#damage = { error, message };
    }
    this.#close();
    return batch;
  }

  #open(message: Message): void {
    const at = this.#isAddressed ? 1 : 0;
    try {
      if (message.length < at + 1 || message.length > at + 2)
        throw new PackedError(
          `Cannot read packed messages: ${message.length} frames arrived where ${at + 1} or ${at + 2} were expected`,
        );
      this.#frame = new PackedFrame(message[at] as Buffer, message[at + 1]);
      this.#message = message;
    } catch (error) {
      this.#tell(error, message);
    }
  }

  #tell(error: unknown, message: Message | undefined): void {
    if (!(error instanceof PackedError) || this.#onError === undefined || message === undefined) throw error;
    tell("onError of unpacked", this.#onError, error, message);
  }
}

/** What ends them is left to the messages. */
class Batches<T> extends ItemStream<T[]> {
  readonly #leave: () => Promise<unknown>;

  /** @param take gives the next batch, undefined at the end */
  constructor(take: () => Promise<T[] | undefined>, leave: () => Promise<unknown>) {
    const request = (resolve: (batch: T[]) => void, reject: (error: unknown) => void) =>
      take().then((batch) => (batch === undefined ? reject(over) : resolve(batch)), reject);
    super({ request, leaveAll: () => false }, undefined, (error) => error === over);
    this.#leave = leave;
  }

  override async return(): Promise<IteratorResult<T[], undefined>> {
    await this.#leave();
    return super.return();
  }
}
