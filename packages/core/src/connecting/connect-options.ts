/** What a `connect` may be told beside the address. */

import { checkOptions } from "../check.ts";
import { toKey } from "../message/bytes.ts";
import { peerName } from "../message/peer-name.ts";

/** How to connect a Router or a Stream: a name for the peer. */
export interface ConnectOptions {
  /**
   * The name by which this socket addresses that one peer, 1 to 255 bytes, the first not zero; see ZMQ_CONNECT_ROUTING_ID of
   * zmq_setsockopt(3). Another name for each connect of a socket, also after a disconnect, and none that a peer gives itself:
   * libzmq ends the process over two peers of one name.
   *
   * @throws TypeError, RangeError
   */
  readonly routingId?: string | Buffer | undefined;
}

const names = { routingId: true } as const;

/**
 * Returns the name for the peer as a key, if there is one.
 *
 * @param taken the names that earlier connections of the socket were given
 * @throws TypeError, RangeError
 */
export function checkConnectOptions(options: ConnectOptions, taken: ReadonlySet<string>): string | undefined {
  checkOptions("connect", options, names);
  const routingId: unknown = options.routingId;
  if (routingId === undefined) return undefined;
  if (typeof routingId !== "string" && !Buffer.isBuffer(routingId))
    throw new TypeError(`routingId is a string or a Buffer, got ${routingId === null ? "null" : typeof routingId}`);
  const id = Buffer.from(routingId as string);
  if (id.length < 1 || id.length > 255 || id[0] === 0)
    throw new RangeError("routingId has 1 to 255 bytes, of which the first is not zero");
  const name = toKey(id);
  if (taken.has(name))
    throw new RangeError(
      `routingId ${peerName(id)} was given to another connection of this socket already; give each one of its own`,
    );
  return name;
}
