/**
 * The socket types of libzmq's draft API: single-frame, mostly thread-safe, and free to change with any release of libzmq.
 *
 * @module @awaitmq/core/draft
 */

export {
  Channel,
  Client,
  Datagram,
  Dish,
  Gather,
  Peer,
  Radio,
  type RadioSendOptions,
  Scatter,
  Server,
  type ServerSendOptions,
} from "./socket/draft-sockets.ts";
