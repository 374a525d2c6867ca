/** What a `connect` may be told beside the address. */

import { toKey } from "../message/bytes.ts";
import { peerName } from "../message/peer-name.ts";
import { option, type Rules, readOptions } from "../waiting/option-table.ts";

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

const rules = { routingId: option<string | Buffer>(checkRoutingId) } satisfies Rules<ConnectOptions>;

/**
 * Returns the name for the peer as a key, if there is one.
 *
 * @param taken the names that earlier connections of the socket were given
 * @throws TypeError, RangeError
 */
export function checkConnectOptions(options: ConnectOptions, taken: ReadonlySet<string>): string | undefined {
  const { routingId } = readOptions("connect", rules, options);
  if (routingId === undefined) return undefined;
  const id = Buffer.from(routingId as string);
  const name = toKey(id);
  if (taken.has(name))
    throw new RangeError(
      `routingId ${peerName(id)} was given to another connection of this socket already; give each one of its own`,
    );
  return name;
}

function checkRoutingId(name: string, value: unknown): void {
  if (typeof value !== "string" && !Buffer.isBuffer(value))
    throw new TypeError(`${name} is a string or a Buffer, got ${value === null ? "null" : typeof value}`);
  const { length, 0: first } = Buffer.from(value as string);
  if (length < 1 || length > 255 || first === 0)
    throw new RangeError(`${name} has 1 to 255 bytes, of which the first is not zero`);
}
