/** The function that starts to write packed messages. */

import type { PackedSocket } from "./packed-message.ts";
import type { PackedOptions } from "./packed-options.ts";
import { Packer } from "./packer.ts";

/**
 * Starts to write packed messages: many small messages share a frame of up to `maxBytes`.
 *
 * The peer must read them with `unpacked`. Order is kept; on a Router per peer, on a publisher per topic. The socket stays open afterwards.
 * Messages sent on the socket directly may overtake packed ones.
 *
 * @example
 * ```ts
 * import { Pull, Push } from "@awaitmq/core";
 * import { packed, unpacked } from "@awaitmq/core/packed";
 *
 * const pull = new Pull();
 * const push = new Push();
 * push.connect(await pull.bind("tcp://127.0.0.1:*"));
 *
 * const packer = packed(push);
 * for (let i = 1; i <= 1_000; i++) await packer.write(String(i));
 * await packer.end(); // libzmq has accepted all
 *
 * let sum = 0;
 * for await (const number of unpacked(pull)) {
 *   sum += Number(number);
 *   if (sum === 500_500) break;
 * }
 * console.log(sum); // 500500
 * await Promise.all([push.close(), pull.close()]);
 * ```
 *
 * @param socket a Push, Pair, Dealer, Router, Publisher or XPublisher, without `conflate`
 * @param options the size of frames, and the longest delay
 * @throws TypeError for another socket; TypeError or RangeError for wrong options
 * @category Packed
 */
export function packed<S extends PackedSocket>(socket: S, options: PackedOptions = {}): Packer<S> {
  return new Packer(socket, options);
}
