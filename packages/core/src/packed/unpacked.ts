/** Reading packed messages, one by one or all of a frame at once. */

import { internals } from "../internals-key.ts";
import type { Message } from "../message/message.ts";
import type { Inbox } from "../receiving/inbox.ts";
import { MessageStream } from "../receiving/stream.ts";
import type { ReceivingSocket } from "../socket/receiving-socket.ts";
import { nextTurn, turnIsOver } from "../waiting/loop-budget.ts";
import { readOptions } from "../waiting/option-table.ts";
import { tell } from "../waiting/tell.ts";
import { PackedBatches } from "./batches.ts";
import { packedFormOf } from "./destination.ts";
import { PackedError, PackedFrame } from "./format.ts";
import type { UnpackedMessage, UnpackedSocket } from "./packed-message.ts";
import { type UnpackedOptions, unpackedRules } from "./unpacked-options.ts";

/** The most messages that are delivered before a check whether the event loop needs a turn. */
const mostBetweenLooks = 256;

/**
 * Reads the messages that a peer wrote with `packed`, in order.
 *
 * The loop ends when it is left, when the signal aborts, or when the socket closes. The unread messages of a frame go to the next loop. The socket
 * stays open.
 *
 * @example
 * ```ts
 * import { Publisher, Subscriber } from "@awaitmq/core";
 * import { packed, unpacked } from "@awaitmq/core/packed";
 *
 * const publisher = new Publisher();
 * const subscriber = new Subscriber();
 * subscriber.subscribe("prices");
 * subscriber.connect(await publisher.bind("tcp://127.0.0.1:*"));
 * await publisher.ready();
 *
 * const packer = packed(publisher);
 * await packer.write(["prices", "1.1"]); // a topic and a frame
 * await packer.end();
 * for await (const [topic, price] of unpacked(subscriber)) {
 *   console.log(`${topic} ${price}`); // prices 1.1
 *   break;
 * }
 * await Promise.all([publisher.close(), subscriber.close()]);
 * ```
 *
 * @param socket a Pull, Pair, Dealer, Router or Subscriber, without `conflate`
 * @param options signal, copies, and damaged frames
 * @throws TypeError for another socket or wrong options; in the loop: PackedError `ERR_PACKED`, `signal.reason`
 * @category Packed
 */
export function unpacked<S extends UnpackedSocket>(socket: S, options?: UnpackedOptions): Unpacked<S> {
  return new Unpacked(socket, options);
}

/**
 * The reading end of a packed stream, made by {@link unpacked}. Leave it with `break` or `return`.
 *
 * @example
 * ```ts
 * import { Pull, Push } from "@awaitmq/core";
 * import { packed, unpacked } from "@awaitmq/core/packed";
 *
 * const pull = new Pull();
 * const push = new Push();
 * push.connect(await pull.bind("tcp://127.0.0.1:*"));
 * const packer = packed(push);
 * await packer.write("one");
 * await packer.write("two");
 * await packer.end();
 *
 * const stream = unpacked(pull);
 * const { value } = await stream.next();
 * console.log(String(value)); // one
 * await stream.return(); // "two" is for the next reader
 * await Promise.all([push.close(), pull.close()]);
 * ```
 *
 * @category Packed
 */
export class Unpacked<S extends UnpackedSocket> implements AsyncIterableIterator<UnpackedMessage<S>, undefined> {
  readonly #inbox: Inbox<Message>;
  readonly #messages: MessageStream<Message>;
  /** Whether a routing id or topic comes before each message. */
  readonly #isAddressed: boolean;
  readonly #copy: boolean;
  readonly #signal: AbortSignal | undefined;
  readonly #onError: UnpackedOptions["onError"];
  /** Whether a message that still arrives is for the next reader. */
  #left = false;
  #message: Message | undefined;
  #frame: PackedFrame | undefined;
  /** The damage of the last frame, not reported yet. */
  #damage: { readonly error: unknown; readonly message: Message | undefined } | undefined;
  /** The last pending call of `next`. Each call waits for the one before it. */
  #line: Promise<unknown> | undefined;
  #waiting = 0;
  #untilLook = 1;
  #betweenLooks = 1;

  /**
   * @param socket as for {@link unpacked}
   * @param options as for {@link unpacked}
   */
  constructor(socket: S, options: UnpackedOptions = {}) {
    this.#isAddressed = packedFormOf(socket, "unpacked") !== "plain";
    const { signal, copy, onError } = readOptions("unpacked", unpackedRules, options);
    this.#inbox = (socket as ReceivingSocket)[internals].inbox as Inbox<Message>;
    this.#messages = new MessageStream(this.#inbox, { signal });
    this.#copy = copy;
    this.#signal = signal;
    this.#onError = onError;
    signal?.addEventListener("abort", this.#look, { once: true });
  }

  /** Returns the stream itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * Reads the next message.
   *
   * Any number of calls may wait. They are served in their order. After a call has rejected, the stream has ended.
   *
   * @throws PackedError `ERR_PACKED`, `signal.reason`
   */
  next(): Promise<IteratorResult<UnpackedMessage<S>, undefined>> {
    // The fast way: no call waits, a frame has messages left, and the event loop has had its turn.
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

  /**
   * Leaves the stream. Pending calls of `next` are done. The unread messages of a frame go to the next reader, and so
   * does a frame on its way to a pending call.
   */
  async return(): Promise<IteratorResult<UnpackedMessage<S>, undefined>> {
    const damage = this.#damage;
    this.#damage = undefined;
    await this.#end();
    if (damage !== undefined && this.#onError !== undefined) this.#tell(damage.error, damage.message);
    return { value: undefined, done: true };
  }

  /**
   * Reads the same messages in arrays: all unread messages of a frame, at least one.
   *
   * Leaving this iterator leaves the stream.
   */
  batches(): AsyncIterableIterator<UnpackedMessage<S>[], undefined> {
    // Queued, so that the next call is served after this one has its message.
    const take = () => this.#wait().then(({ value, done }) => (done ? undefined : this.#takeAll([value])));
    return new PackedBatches(take, () => this.return());
  }

  /** Makes the next call check the signal and the event loop. */
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
        if (this.#left) this.#inbox.putBack([message]);
        else this.#open(message);
      }
    } catch (error) {
      void this.#end();
      throw error;
    } finally {
      // Before the caller continues, and may call again.
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#line = undefined;
    }
  }

  /** Releases the signal and the socket. A loop that has thrown never calls `return`. */
  #end(): Promise<unknown> {
    this.#left = true;
    this.#signal?.removeEventListener("abort", this.#look);
    this.#putBack();
    return this.#messages.return();
  }

  /** Yields to the event loop when its turn is due. The faster messages are processed, the less often the clock is read. */
  async #giveWay(): Promise<void> {
    if (this.#untilLook > 0) return;
    if (turnIsOver()) {
      this.#betweenLooks = Math.max(1, this.#betweenLooks >> 1);
      await nextTurn();
    } else this.#betweenLooks = Math.min(mostBetweenLooks, this.#betweenLooks * 2);
    this.#untilLook = this.#betweenLooks;
  }

  /** The next message of the frame. Undefined if there is none, or if it is damaged and that was reported. */
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

  /** Puts unread messages back for the next reader. */
  #putBack(): void {
    const rest = this.#frame?.rest() ?? [];
    if (rest.length > 0 && this.#message !== undefined)
      this.#inbox.putBack([[...this.#message.slice(0, this.#isAddressed ? 1 : 0), ...rest] as unknown as Message]);
    this.#close();
  }

  /** Adds the unread messages of the frame. The next call of `next` reports damage, after the good messages. */
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
          `Cannot read packed messages: expected ${at + 1} or ${at + 2} frames, got ${message.length}. The sender must use packed()`,
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
