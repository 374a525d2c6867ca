/** The server of request and reply. */

import { type Handle, Reply, Router } from "@awaitmq/core";
import { checkFunction } from "@awaitmq/core/internals";
import { Running } from "../../concurrency/running.ts";
import { type Endpoints, OpenedSocket } from "../../opening/opened-socket.ts";
import { type ByCodec, type BySchema, type FramesOnly, type ValueOptions, valuesOf } from "../../value/values.ts";
import { ReplyServer } from "./reply-server.ts";
import { RouterServer } from "./router-server.ts";
import {
  type RequestHandler,
  readServeOptions,
  type ServeOptions,
  type ServerStats,
  type ValueHandler,
} from "./serve-options.ts";
import { handlingValues } from "./value-handler.ts";

/**
 * Options of the Router that a server opens for itself. Clients of this package send heartbeats, and have libzmq give the connection up
 * here when theirs don't come; of others the system finds out within half a minute that they are silent. No heartbeats of its own:
 * those fail an assertion in libzmq (4.3.5, `!_io_error`) when the connection of a client breaks whose requests fill the queue.
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
 * Answers requests with what `handler` returns, from now on until the server is stopped or the socket closes. Clients are
 * `RequestClient`s, REQ sockets in any language, and DEALERs that send an empty frame before the body.
 *
 * With endpoints the server opens a Router of its own, and closes it at the end: it binds plain ones and those of `{ bind }`, and connects
 * to those of `{ connect }`, as a server behind a proxy does. A Router that is handed in stays the caller's, who binds or connects it after this
 * call, and closes it; nobody else may receive from it meanwhile. One that has endpoints already is a `TooLateError`, unless it was served before
 * it got them: libzmq would not tell of clients that go. With a `probeInterval` it is taken, and the server tries to reach the clients of running
 * handlers so often. On a Reply socket requests are handled one after the other.
 *
 * Requests and replies are frames, or, with a `codec`, values: `serve(endpoint, ({ a, b }) => a + b, { codec: json })`. A request that the codec
 * can't decode, or the `schema` refuses, is answered with that `CodecError` or `SchemaError`, and no handler begins. With a schema
 * a handler gets what that makes of the request; without one what the codec decodes, of which it may say more by the type of its parameter.
 *
 * `stop` refuses what comes from then on with `UnavailableError`, and answers what came before. After `grace` requests that wait for their
 * turn are refused too. In the end the server tells clients that it goes, and reads on until each has promised to send no more, a second at
 * most: so it takes some 50 to 150 ms more than the handlers do. What a `RequestClient` has on its way is refused, and goes to another server.
 *
 * A handler may call `stop`, and must not await it: it would wait for itself. The server then stops, and the promise rejects with
 * `DeadlockError`, as far as V8 shows who awaits it; behind `new Promise` around a callback it does not, and `force` ends the wait.
 *
 * @throws TypeError, RangeError for wrong arguments; AddressError for an endpoint that can't be bound; InUseError for a socket that another
 * server or loop reads; TooLateError for a Router that has endpoints already, without a `probeInterval`; ClosedError
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
  const handler =
    values === undefined ? (given as RequestHandler) : handlingValues(given as ValueHandler<unknown, unknown>, values);
  const server =
    socket instanceof Reply
      ? new ReplyServer(socket, handler, checked)
      : new RouterServer(OpenedSocket.of(socket, opening), handler, checked);
  return new Running("server", server, checked);
}
