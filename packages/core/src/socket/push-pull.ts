/** PUSH and PULL: one-way pipelines. */

import { defineConflate } from "../kinds/conflate.ts";
import { nativeClasses } from "../native/native.ts";
import type { ConflateOption, ReceivingOptions, SendingOptions, Settable } from "../options/options.ts";
import { defineType } from "./define-type.ts";
import { ReceivingSocket } from "./receiving-socket.ts";
import { SendingSocket } from "./sending-socket.ts";
import type { BaseOptions } from "./socket.ts";

/**
 * PUSH: sends each message to one of its peers, in turn.
 *
 * `send` waits while no peer has room. See PUSH in zmq_socket(3).
 *
 * @example
 * ```ts
 * import { Pull, Push } from "@awaitmq/core";
 *
 * const pull = new Pull();
 * const push = new Push();
 * push.connect(await pull.bind("tcp://127.0.0.1:*"));
 *
 * await push.send(["job", "17"]); // resolves when libzmq has accepted it
 * const [kind, id] = await pull.receive();
 * console.log(`${kind} ${id}`); // job 17
 * await Promise.all([push.close(), pull.close()]);
 * ```
 *
 * @category Sockets
 */
export class Push extends SendingSocket {
  /** @param options socket options, which are also properties of the socket */
  constructor(options?: Settable<BaseOptions & SendingOptions & ConflateOption>) {
    super(
      { name: "Push", native: nativeClasses.Push, defaults: { immediate: true }, writableWith: "immediate" },
      options,
    );
  }
}
export interface Push extends ConflateOption {}

/**
 * PULL: receives messages from all its peers, in turn. See PULL in zmq_socket(3).
 *
 * @example
 * ```ts
 * import { Pull, Push } from "@awaitmq/core";
 *
 * const pull = new Pull();
 * const push = new Push();
 * push.connect(await pull.bind("tcp://127.0.0.1:*"));
 * await push.sendAll(["1", "2", "3"]);
 *
 * let sum = 0;
 * for await (const [number] of pull) {
 *   sum += Number(number);
 *   if (sum === 6) break; // the socket stays open
 * }
 * console.log(sum); // 6
 * await Promise.all([push.close(), pull.close()]);
 * ```
 *
 * @category Sockets
 */
export class Pull extends ReceivingSocket {
  /** @param options socket options, which are also properties of the socket */
  constructor(options?: Settable<BaseOptions & ReceivingOptions & ConflateOption>) {
    super({ name: "Pull", native: nativeClasses.Pull }, options);
  }
}
export interface Pull extends ConflateOption {}

defineConflate(Push.prototype, "sends");
defineConflate(Pull.prototype, "receives");
defineType(Push, nativeClasses.Push);
defineType(Pull, nativeClasses.Pull);
