/**
 * The socket types of libzmq's draft API.
 *
 * Most have single-frame messages and are thread-safe inside. They may change with any release of libzmq. See zmq_socket(3), "draft".
 *
 * They need a build of libzmq with the draft API (`capability.draft`), such as the one that comes with zeromq. With other builds their
 * constructors throw `UnsupportedError`.
 *
 * All but Datagram are thread-safe, and libzmq has no descriptor to wait on for such sockets. So a pending receive polls: in every
 * turn of the event loop for 1 ms, then after pauses of 1, 2, 4, 8 and finally 10 ms. Each send on the socket starts this again. So a message
 * may be noticed up to 10 ms late, and a waiting socket takes about 0.3 % of a core. A send that waits for room retries after pauses of up to
 * 64 ms.
 *
 * @module @awaitmq/core/draft
 */

export { Channel, Datagram, Gather, Peer, Scatter } from "./socket/draft-sockets.ts";
export { Dish, Radio, type RadioSendOptions } from "./socket/radio-dish.ts";
export { Client, Server, type ServerSendOptions } from "./socket/server-client.ts";
