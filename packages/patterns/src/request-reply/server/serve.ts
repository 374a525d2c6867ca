/** The server of request and reply. */

import { Reply, Router } from "@awaitmq/core";
import { checkFunction } from "../../concurrency/check.ts";
import { ReplyServer } from "./reply-server.ts";
import { RouterServer } from "./router-server.ts";
import type { RequestHandler, ServeOptions } from "./serve-options.ts";
import type { Server } from "./server.ts";

/**
 * Options of the Router that a server opens for itself. Clients of this package send heartbeats, and have libzmq give the connection up
 * here when theirs don't come; of others the system finds out within half a minute that they are silent. No heartbeats of its own:
 * those fail an assertion in libzmq (4.3.5, `!_io_error`) when the connection of a client breaks whose requests fill the queue.
 */
const ownRouter = { tcpKeepalive: 1, tcpKeepaliveIdle: 10, tcpKeepaliveInterval: 5, tcpKeepaliveCount: 3 } as const;

/**
 * Answers requests with what `handler` returns, from now on until the server is stopped or the socket closes. Clients are
 * `RequestClient`s, REQ sockets in any language, and DEALERs that send an empty frame before the body.
 *
 * A Router that is handed in stays the caller's, who binds or connects it, best after this call, and closes it; nobody else may
 * receive from it meanwhile. With endpoints instead, the server binds a Router of its own and closes it at the end. On a Reply
 * socket requests are handled one after the other.
 *
 * @throws TypeError, RangeError for wrong arguments; AddressError for an endpoint that can't be bound; InUseError for a socket that another
 * server or loop reads; ClosedError
 */
export function serve(
  socket: Router | Reply | string | readonly string[],
  handler: RequestHandler,
  options: ServeOptions = {},
): Server {
  checkFunction("handler", handler);
  if (socket instanceof Reply) return new ReplyServer(socket, handler, options);
  if (socket instanceof Router) return new RouterServer(socket, handler, options);
  const endpoints = typeof socket === "string" ? [socket] : socket;
  if (!Array.isArray(endpoints) || endpoints.length === 0)
    throw new TypeError("serve takes a Router, a Reply, an endpoint or an array of endpoints");
  const router = new Router(ownRouter);
  try {
    return new RouterServer(router, handler, options, endpoints);
  } catch (error) {
    void router.close({ linger: 0 });
    throw error;
  }
}
