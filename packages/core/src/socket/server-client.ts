/** SERVER and CLIENT, of libzmq's draft API. */

import { internals } from "../internals-key.ts";
import type { Frame } from "../message/message.ts";
import { nativeClasses } from "../native/native.ts";
import type { ReceivingOptions, SendingOptions, Settable } from "../options/options.ts";
import { defineSendingOptions } from "../options/own-options.ts";
import type { SendOptions } from "../sending/send-options.ts";
import { defineType } from "./define-type.ts";
import { draftKind, single } from "./draft-kind.ts";
import { DuplexSocket } from "./duplex-socket.ts";
import { ReceivingSocket } from "./receiving-socket.ts";
import type { BaseOptions } from "./socket.ts";

/**
 * Options of `send` of a {@link Server}: the peer, and how long to wait.
 *
 * @category Options
 */
export interface ServerSendOptions extends SendOptions {
  /** The peer, by the number that came with its message. */
  readonly routingId: number;
}

/**
 * SERVER: exchanges messages with many Clients, each addressed by a number.
 *
 * @example
 * ```ts
 * import { Client, Server } from "@awaitmq/core/draft";
 *
 * const server = new Server();
 * const client = new Client();
 * client.connect(await server.bind("tcp://127.0.0.1:*"));
 * await client.send("ping");
 *
 * const [question, { routingId }] = await server.receive();
 * await server.send(`${question} pong`, { routingId });
 * const [answer] = await client.receive();
 * console.log(answer.toString()); // ping pong
 * await Promise.all([client.close(), server.close()]);
 * ```
 *
 * @category Draft sockets
 */
export class Server extends ReceivingSocket<[bytes: Buffer, peer: { readonly routingId: number }]> {
  /**
   * @param options socket options, which are also properties of the socket
   * @throws UnsupportedError `ERR_UNSUPPORTED` if `capability.draft` is not true
   */
  constructor(options?: Settable<BaseOptions & SendingOptions & ReceivingOptions>) {
    super(
      draftKind("Server", { ...single, route: (_frames, details) => (details as { routingId: number }).routingId }),
      options,
    );
  }

  /**
   * Sends a message to one peer, and resolves when libzmq has accepted it.
   *
   * @param message one frame
   * @param options the `routingId` of the peer, and how long to wait
   * @throws UnroutableError `ERR_UNROUTABLE` if no connected peer has the number; TypeError without a number; the errors of `send` of
   * other sockets
   */
  async send(message: Frame | readonly [Frame], options: ServerSendOptions): Promise<void> {
    const { routingId, ...rest } = options ?? {};
    if (!Number.isInteger(routingId))
      throw new TypeError(`routingId must be a whole number, got ${routingId}. Use the one that came with a message`);
    return this[internals].outbox.send(message, rest, { routingId });
  }
}
export interface Server extends SendingOptions {}

/**
 * CLIENT: exchanges messages with one or more Servers.
 *
 * @example
 * ```ts
 * import { Client, Server } from "@awaitmq/core/draft";
 *
 * const server = new Server();
 * const client = new Client();
 * client.connect(await server.bind("tcp://127.0.0.1:*"));
 *
 * await client.sendAll(["one", "two"]); // needs no reply in between
 * const [first] = await server.receive();
 * const [second] = await server.receive();
 * console.log(`${first} ${second}`); // one two
 * await Promise.all([client.close(), server.close()]);
 * ```
 *
 * @category Draft sockets
 */
export class Client extends DuplexSocket<[Buffer], Frame | readonly [Frame]> {
  /**
   * @param options socket options, which are also properties of the socket
   * @throws UnsupportedError `ERR_UNSUPPORTED` if `capability.draft` is not true
   */
  constructor(options?: Settable<BaseOptions & SendingOptions & ReceivingOptions>) {
    super({ ...draftKind("Client", single), deals: true }, options);
  }
}

defineType(Server, nativeClasses.Server);
defineType(Client, nativeClasses.Client);
defineSendingOptions(Server.prototype);
