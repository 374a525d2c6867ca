/** SCATTER and GATHER, CHANNEL, DGRAM and PEER, of libzmq's draft API. */

import { UnsupportedError } from "../errors.ts";
import { defineConflate } from "../kinds/conflate.ts";
import type { Frame } from "../message/message.ts";
import { nativeClasses } from "../native/native.ts";
import type { ConflateOption, ReceivingOptions, SendingOptions, Settable } from "../options/options.ts";
import { defineType } from "./define-type.ts";
import { draftKind, single } from "./draft-kind.ts";
import { DuplexSocket } from "./duplex-socket.ts";
import { ReceivingSocket } from "./receiving-socket.ts";
import { SendingSocket } from "./sending-socket.ts";
import type { BaseOptions } from "./socket.ts";

/**
 * SCATTER: sends each message to one of its Gathers, in turn.
 *
 * @example
 * ```ts
 * import { Gather, Scatter } from "@awaitmq/core/draft";
 *
 * const gather = new Gather();
 * const scatter = new Scatter();
 * scatter.connect(await gather.bind("tcp://127.0.0.1:*"));
 *
 * await scatter.send("job 17"); // one frame, no arrays of several
 * const [job] = await gather.receive();
 * console.log(job.toString()); // job 17
 * await Promise.all([scatter.close(), gather.close()]);
 * ```
 *
 * @category Draft sockets
 */
export class Scatter extends SendingSocket<Frame | readonly [Frame]> {
  /**
   * @param options socket options, which are also properties of the socket
   * @throws UnsupportedError `ERR_UNSUPPORTED` if `capability.draft` is not true
   */
  constructor(options?: Settable<BaseOptions & SendingOptions & ConflateOption>) {
    super(draftKind("Scatter", single), options);
  }
}
export interface Scatter extends ConflateOption {}

/**
 * GATHER: receives messages from all its Scatters, in turn.
 *
 * @example
 * ```ts
 * import { Gather, Scatter } from "@awaitmq/core/draft";
 *
 * const gather = new Gather();
 * const scatter = new Scatter();
 * scatter.connect(await gather.bind("tcp://127.0.0.1:*"));
 * await scatter.sendAll(["1", "2", "3"]);
 *
 * let sum = 0;
 * for await (const [number] of gather) {
 *   sum += Number(number);
 *   if (sum === 6) break; // the socket stays open
 * }
 * console.log(sum); // 6
 * await Promise.all([scatter.close(), gather.close()]);
 * ```
 *
 * @category Draft sockets
 */
export class Gather extends ReceivingSocket<[Buffer]> {
  /**
   * @param options socket options, which are also properties of the socket
   * @throws UnsupportedError `ERR_UNSUPPORTED` if `capability.draft` is not true
   */
  constructor(options?: Settable<BaseOptions & ReceivingOptions & ConflateOption>) {
    super(draftKind("Gather"), options);
  }
}
export interface Gather extends ConflateOption {}

/**
 * CHANNEL: exchanges messages of one frame with exactly one peer.
 *
 * @example
 * ```ts
 * import { Channel } from "@awaitmq/core/draft";
 *
 * const left = new Channel();
 * const right = new Channel();
 * right.connect(await left.bind("inproc://example"));
 *
 * await left.send("ping");
 * const [question] = await right.receive();
 * await right.send(`${question} pong`);
 * const [answer] = await left.receive();
 * console.log(answer.toString()); // ping pong
 * await Promise.all([left.close(), right.close()]);
 * ```
 *
 * @category Draft sockets
 */
export class Channel extends DuplexSocket<[Buffer], Frame | readonly [Frame]> {
  /**
   * @param options socket options, which are also properties of the socket
   * @throws UnsupportedError `ERR_UNSUPPORTED` if `capability.draft` is not true
   */
  constructor(options?: Settable<BaseOptions & SendingOptions & ReceivingOptions>) {
    super({ ...draftKind("Channel", single), deals: true }, options);
  }
}

/**
 * DGRAM: exchanges plain UDP datagrams.
 *
 * A message has two frames: an address, such as `127.0.0.1:5555`, and bytes. libzmq ends a received address with a NUL. It can be used
 * as it is to send to that address.
 *
 * @example
 * ```ts
 * import { createSocket } from "node:dgram";
 * import { once } from "node:events";
 * import { Datagram } from "@awaitmq/core/draft";
 *
 * const echo = createSocket("udp4").bind(0, "127.0.0.1");
 * echo.on("message", (bytes, { port }) => echo.send(bytes, port));
 * await once(echo, "listening");
 *
 * const datagram = new Datagram();
 * await datagram.bind("udp://127.0.0.1:*");
 * await datagram.send([`127.0.0.1:${echo.address().port}`, "hello"]);
 * const [, bytes] = await datagram.receive();
 * console.log(bytes.toString()); // hello
 * await datagram.close();
 * echo.close();
 * ```
 *
 * @category Draft sockets
 */
export class Datagram extends DuplexSocket<[address: Buffer, bytes: Buffer], readonly [address: Frame, bytes: Frame]> {
  /**
   * @param options socket options, which are also properties of the socket
   * @throws UnsupportedError `ERR_UNSUPPORTED` if `capability.draft` is not true
   */
  constructor(options?: Settable<BaseOptions & SendingOptions & ReceivingOptions>) {
    super(
      draftKind("Datagram", {
        check(frames) {
          if (!Array.isArray(frames) || frames.length !== 2)
            throw new TypeError(
              `Cannot send ${Array.isArray(frames) ? `${frames.length} frames` : "1 frame"} on a Datagram: it needs exactly two, [address, bytes]`,
            );
        },
      }),
      options,
    );
  }
}

/**
 * PEER: not supported, its constructor always throws.
 *
 * PEER needs a routing id that zeromq cannot pass on. Use Server and Client, or a Router.
 *
 * @category Draft sockets
 */
export class Peer {
  /** @throws UnsupportedError `ERR_UNSUPPORTED`, always */
  constructor() {
    throw new UnsupportedError(
      "Cannot open a Peer socket: zeromq cannot address its peers. Use Server and Client, or a Router",
    );
  }
}

defineConflate(Gather.prototype, "receives");
defineType(Scatter, nativeClasses.Scatter);
defineType(Gather, nativeClasses.Gather);
defineType(Channel, nativeClasses.Channel);
defineType(Datagram, nativeClasses.Datagram);
