/** The server of request and reply: its public function. */

import { type Handle, Reply, Router } from "@awaitmq/core";
import { checkFunction } from "@awaitmq/core/internals";
import { Running } from "../../concurrency/running.ts";
import { type Endpoints, OpenedSocket } from "../../opening/opened-socket.ts";
import { type ByCodec, type BySchema, type FramesOnly, type ValueOptions, valuesOf } from "../../value/values.ts";
import { handlingFrames, handlingValues } from "./handling.ts";
import { ReplyServer } from "./reply-server.ts";
import { RouterServer } from "./router-server.ts";
import {
  type RequestHandler,
  readServeOptions,
  type ServeOptions,
  type ServerStats,
  type ValueHandler,
} from "./serve-options.ts";

/**
 * Options of the Router that a server opens.
 *
 * Clients of this package send heartbeats, which have libzmq here close the connection when they stop. For other
 * clients, TCP keepalive detects silence within half a minute. The Router sends no heartbeats itself: those fail an
 * assertion in libzmq (4.3.5, `!_io_error`) when a client's connection breaks while its requests fill the queue.
 */
const ownRouter = { tcpKeepalive: 1, tcpKeepaliveIdle: 10, tcpKeepaliveInterval: 5, tcpKeepaliveCount: 3 } as const;

const opening = {
  takes: "serve takes a Router, a Reply,",
  habit: "bind",
  isSocket: (given: unknown) => given instanceof Router,
  open: (options: object) => new Router({ ...ownRouter, ...options }),
} as const;

/** Where requests come from. */
type Served = Router | Reply | Endpoints<NonNullable<ConstructorParameters<typeof Router>[0]>>;

/**
 * Answers requests with what `handler` returns, until the server is stopped or its socket closes.
 *
 * Clients are `RequestClient`s, REQ sockets in any language, and DEALERs that send an empty frame before the body.
 *
 * Requests and replies are frames or, with a `codec`, values. A request that the codec cannot decode, or that the
 * `schema` refuses, is answered with that `CodecError` or `SchemaError`, and no handler begins. With a schema, a
 * handler gets what the schema makes of the request. Without one it gets what the codec decodes, and may narrow it by
 * the type of its parameter.
 *
 * Sockets: with endpoints, the server opens a Router and closes it at the end. It binds plain endpoints and `{ bind }`,
 * and connects to `{ connect }`, as a server behind a proxy does. A Router that was passed in stays open. Bind or
 * connect it after this call, and let nothing else receive from it. A Router that already has endpoints is a
 * `TooLateError`, unless it was served before it got them: libzmq would not report clients that disconnect. With a
 * `probeInterval` it is accepted, and the server probes the clients of running handlers at that interval. On a Reply
 * socket, requests are handled one after the other.
 *
 * Shutdown: `stop` refuses new requests with `UnavailableError`, and answers those that came before. Endless streams
 * should end when `context.stopping` aborts, which is at once. After `grace`, waiting requests are refused too. Finally
 * the server says goodbye to its clients, and reads until each has promised to send no more, for at most one second. So
 * a stop takes some 50 to 150 ms longer than the handlers. Requests that a `RequestClient` has in flight are refused,
 * and retried on another server.
 *
 * A handler may call `stop` but must not await it, because `stop` waits for the handler. If it does, the server still
 * stops, and the promise rejects with `DeadlockError`. A wait behind `new Promise` around a callback is not detected;
 * there, `force` ends the wait.
 *
 * @category Request and reply
 * @param socket endpoints to bind, `{ bind }` or `{ connect }` with socket options, a Router, or a Reply
 * @param handler returns the reply to a request, or throws
 * @param options limits, timeouts, error handling, shutdown, and a codec for values
 * @throws TypeError, RangeError for wrong arguments
 * @throws AddressError (`ERR_ADDRESS_...`) for an endpoint that cannot be bound or connected
 * @throws InUseError (`ERR_IN_USE`) if another server or loop reads the socket
 * @throws TooLateError (`ERR_TOO_LATE`) if the Router already has endpoints, and there is no `probeInterval`
 * @throws ClosedError (`ERR_CLOSED`) if the socket is closed
 * @example
 * ```ts
 * import { json, RequestClient, serve } from "@awaitmq/patterns";
 *
 * type Sum = { a: number; b: number };
 * const server = serve("tcp://127.0.0.1:*", ({ a, b }: Sum) => a + b, {
 *   codec: json,
 * });
 *
 * const client = new RequestClient({ connect: server.endpoints, codec: json });
 * console.log(await client.request({ a: 1, b: 2 })); // 3
 *
 * await client.close();
 * await server.stop();
 * ```
 */
export function serve<In, Out>(
  socket: Served,
  handler: ValueHandler<In, NoInfer<Out>>,
  options: ServeOptions & BySchema<In, Out>,
): Handle<ServerStats>;
export function serve<Decoded, Out, In extends Decoded = Decoded>(
  socket: Served,
  handler: ValueHandler<In, NoInfer<Out>>,
  options: ServeOptions & ByCodec<Decoded, Out>,
): Handle<ServerStats>;
export function serve(
  socket: Served,
  handler: RequestHandler,
  options?: ServeOptions & FramesOnly,
): Handle<ServerStats>;
export function serve(
  socket: Served,
  given: RequestHandler | ValueHandler<never, unknown>,
  options: ServeOptions & ValueOptions = {},
): Handle<ServerStats> {
  checkFunction("handler", given);
  const checked = readServeOptions(options);
  const values = valuesOf(checked);
  const handling =
    values === undefined
      ? handlingFrames(given as RequestHandler)
      : handlingValues(given as ValueHandler<unknown, unknown>, values);
  const server =
    socket instanceof Reply
      ? new ReplyServer(socket, handling, checked)
      : new RouterServer(OpenedSocket.of(socket, opening), handling, checked);
  return new Running("server", server, checked);
}
