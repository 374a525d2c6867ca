/** RADIO and DISH, of libzmq's draft API. */

import { internals } from "../internals-key.ts";
import type { Frame } from "../message/message.ts";
import { nativeClasses } from "../native/native.ts";
import type { ReceivingOptions, SendingOptions, Settable } from "../options/options.ts";
import { defineSendingOptions } from "../options/own-options.ts";
import type { SendOptions } from "../sending/send-options.ts";
import { defineType } from "./define-type.ts";
import { draftKind, single } from "./draft-kind.ts";
import { ReceivingSocket } from "./receiving-socket.ts";
import { type BaseOptions, Socket } from "./socket.ts";

/**
 * Options of `send` of a {@link Radio}: the group, and how long to wait.
 *
 * @category Options
 */
export interface RadioSendOptions extends SendOptions {
  /** The group to send to, at most 255 bytes. */
  readonly group: string | Buffer;
}

/**
 * RADIO: sends each message to the Dishes that joined its group.
 *
 * Like a Publisher, it drops messages for a Dish that has not joined yet. It also works over `udp://`.
 *
 * @example
 * ```ts
 * import { Dish, Radio } from "@awaitmq/core/draft";
 *
 * const radio = new Radio();
 * const dish = new Dish();
 * dish.join("news");
 * dish.connect(await radio.bind("inproc://news"));
 *
 * await radio.send("hello", { group: "news" });
 * const [text, { group }] = await dish.receive();
 * console.log(`${group}: ${text}`); // news: hello
 * await Promise.all([radio.close(), dish.close()]);
 * ```
 *
 * @category Draft sockets
 */
export class Radio extends Socket {
  /**
   * @param options socket options, which are also properties of the socket
   * @throws UnsupportedError `ERR_UNSUPPORTED` if `capability.draft` is not true
   */
  constructor(options?: Settable<BaseOptions & SendingOptions>) {
    super(draftKind("Radio", single), options);
  }

  /**
   * Sends a message to all who joined the group, and resolves when libzmq has accepted it.
   *
   * @param message one frame
   * @param options the `group`, and how long to wait
   * @throws TypeError without a group; the errors of `send` of other sockets
   */
  async send(message: Frame | readonly [Frame], options: RadioSendOptions): Promise<void> {
    const { group, ...rest } = options ?? {};
    if (typeof group !== "string" && !Buffer.isBuffer(group))
      throw new TypeError(`group must be a string or a Buffer, got ${group === null ? "null" : typeof group}`);
    return this[internals].outbox.send(message, rest, { group });
  }
}
export interface Radio extends SendingOptions {}

/**
 * DISH: receives the messages that Radios send to its groups.
 *
 * @example
 * ```ts
 * import { Dish, Radio } from "@awaitmq/core/draft";
 *
 * const dish = new Dish();
 * const radio = new Radio();
 * dish.join("news", "sports");
 * dish.connect(await radio.bind("inproc://scores"));
 * await radio.send("2:1", { group: "sports" });
 *
 * for await (const [score, { group }] of dish) {
 *   console.log(`${group} ${score}`); // sports 2:1
 *   break;
 * }
 * await Promise.all([radio.close(), dish.close()]);
 * ```
 *
 * @category Draft sockets
 */
export class Dish extends ReceivingSocket<[bytes: Buffer, origin: { readonly group: Buffer }]> {
  /**
   * @param options socket options, which are also properties of the socket
   * @throws UnsupportedError `ERR_UNSUPPORTED` if `capability.draft` is not true
   */
  constructor(options?: Settable<BaseOptions & ReceivingOptions>) {
    super({ ...draftKind("Dish"), subscribes: true }, options);
  }

  /**
   * Joins groups, to receive the messages sent to them.
   *
   * @param groups of at most 255 bytes each
   * @throws ClosedError `ERR_CLOSED`; RangeError for a group that libzmq refuses, such as one that was joined already; TypeError for a group
   * of another type
   */
  join(...groups: (string | Buffer)[]): void {
    this.#change("join", groups);
  }

  /**
   * Leaves groups.
   *
   * @param groups as they were joined
   * @throws ClosedError `ERR_CLOSED`; RangeError for a group that was not joined; TypeError for a group of another type
   */
  leave(...groups: (string | Buffer)[]): void {
    this.#change("leave", groups);
  }

  #change(action: "join" | "leave", groups: (string | Buffer)[]): void {
    this[internals].checkOpen(action);
    for (const group of groups) {
      if (typeof group !== "string" && !Buffer.isBuffer(group))
        throw new TypeError(`Cannot ${action}: a group must be a string or a Buffer, got ${typeof group}`);
      try {
        this[internals].native[action](group);
        this[internals].hasSubscribed = true;
      } catch (cause) {
        throw new RangeError(`Cannot ${action} ${JSON.stringify(String(group))}: ${(cause as Error).message}`, {
          cause,
        });
      }
    }
  }
}

defineType(Radio, nativeClasses.Radio);
defineType(Dish, nativeClasses.Dish);
defineSendingOptions(Radio.prototype);
