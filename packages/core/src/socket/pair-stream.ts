/** PAIR, a connection of two sockets, and STREAM, plain TCP. */

import type { ConnectOptions } from "../connecting/connect-options.ts";
import { internals } from "../internals-key.ts";
import type { Frames } from "../kinds/send-rules.ts";
import type { Frame } from "../message/message.ts";
import { nativeClasses } from "../native/native.ts";
import type { ReceivingOptions, SendingOptions, Settable, StreamSocketOptions } from "../options/options.ts";
import { defineType } from "./define-type.ts";
import { DuplexSocket } from "./duplex-socket.ts";
import { firstFrame } from "./first-frame.ts";
import type { BaseOptions } from "./socket.ts";

/**
 * PAIR: exchanges messages with exactly one peer.
 *
 * It is meant for `inproc://`. Over TCP it does not reconnect reliably. See PAIR in zmq_socket(3).
 *
 * @example
 * ```ts
 * import { Pair } from "@awaitmq/core";
 *
 * const left = new Pair();
 * const right = new Pair();
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
 * @category Sockets
 */
export class Pair extends DuplexSocket {
  /** @param options socket options, which are also properties of the socket */
  constructor(options?: Settable<BaseOptions & SendingOptions & ReceivingOptions>) {
    super({ name: "Pair", native: nativeClasses.Pair, writableWith: "immediate", deals: true }, options);
  }
}

/**
 * STREAM: exchanges bytes with plain TCP peers.
 *
 * A message has two frames: the routing id of a connection, and bytes. A received message with no bytes reports that the connection
 * opened or closed. A sent message with no bytes closes the connection; libzmq does so while the program keeps receiving. See
 * STREAM in zmq_socket(3).
 *
 * @example
 * ```ts
 * import { connect } from "node:net";
 * import { Stream } from "@awaitmq/core";
 *
 * const stream = new Stream();
 * const { port } = new URL(await stream.bind("tcp://127.0.0.1:*"));
 * const client = connect(Number(port), "127.0.0.1");
 * client.write("hello");
 *
 * await stream.receive(); // no bytes: the connection opened
 * const [connection, bytes] = await stream.receive();
 * console.log(bytes.toString()); // hello
 * await stream.send([connection, "bye"]);
 * client.once("data", () => client.destroy());
 * await stream.close();
 * ```
 *
 * @category Sockets
 */
export class Stream extends DuplexSocket<
  [routingId: Buffer, bytes: Buffer],
  readonly [routingId: Frame, bytes: Frame]
> {
  /** @param options socket options, which are also properties of the socket */
  constructor(options?: Settable<BaseOptions & SendingOptions & ReceivingOptions & StreamSocketOptions>) {
    super({ name: "Stream", native: nativeClasses.Stream, sender: { route: firstFrame, check: checkStream } }, options);
  }

  /**
   * Connects to a TCP server, which `routingId` may name.
   *
   * @param address of the server, as for `connect` of other sockets
   * @param options a routing id for the connection
   * @throws AddressError, UnsupportedError, ClosedError; TypeError or RangeError for a wrong `routingId`
   */
  override connect(address: string, options?: ConnectOptions): void {
    this[internals].endpoints.connect(address, options);
  }
}
export interface Stream extends StreamSocketOptions {}

defineType(Pair, nativeClasses.Pair);
defineType(Stream, nativeClasses.Stream);

function checkStream(frames: Frames): void {
  if (!Array.isArray(frames) || frames.length !== 2)
    throw new TypeError(
      `Cannot send ${Array.isArray(frames) ? `${frames.length} frames` : "1 frame"} on a Stream: it needs exactly two, [routingId, bytes]`,
    );
}
