/** The options of `connect`. */

import { toKey } from "../message/bytes.ts";
import { peerName } from "../message/peer-name.ts";
import { option, type Rules, readOptions } from "../waiting/option-table.ts";

/**
 * Options of `connect` of a Router or Stream: a routing id for the peer.
 *
 * @category Connecting
 */
export interface ConnectOptions {
  /**
   * The routing id by which this socket addresses the peer: 1 to 255 bytes, the first not zero.
   *
   * Use a different one for each `connect` of the socket, even after a disconnect, and none that a peer gives itself. Two peers with the
   * same routing id crash the process, in libzmq. See ZMQ_CONNECT_ROUTING_ID in zmq_setsockopt(3).
   *
   * @throws TypeError, RangeError
   */
  readonly routingId?: string | Buffer | undefined;
}

const rules = { routingId: option<string | Buffer>(checkRoutingId) } satisfies Rules<ConnectOptions>;

/**
 * Returns the routing id for the peer as a key, if there is one.
 *
 * @param taken routing ids of earlier connections of the socket
 * @throws TypeError, RangeError
 */
export function checkConnectOptions(options: ConnectOptions, taken: ReadonlySet<string>): string | undefined {
  const { routingId } = readOptions("connect", rules, options);
  if (routingId === undefined) return undefined;
  const id = Buffer.from(routingId as string);
  const name = toKey(id);
  if (taken.has(name))
    throw new RangeError(
      `Cannot connect: another connection of this socket was given routingId ${peerName(id)}. Give each connection its own`,
    );
  return name;
}

function checkRoutingId(name: string, value: unknown): void {
  if (typeof value !== "string" && !Buffer.isBuffer(value))
    throw new TypeError(`${name} must be a string or a Buffer, got ${value === null ? "null" : typeof value}`);
  const { length, 0: first } = Buffer.from(value as string);
  if (length < 1 || length > 255 || first === 0)
    throw new RangeError(
      `${name} must have 1 to 255 bytes, the first not zero, got ${first === 0 ? "a zero first" : `${length} bytes`}`,
    );
}
