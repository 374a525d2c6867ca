/** REQ and REP: requests and replies in strict alternation (lock step). */

import { internals } from "../internals-key.ts";
import type { LockStep } from "../kinds/lock-step.ts";
import { nativeClasses } from "../native/native.ts";
import { defineOption } from "../options/option-accessors.ts";
import type {
  ProbeRouterOption,
  ReceivingOptions,
  RequestOptions,
  RoutingIdOption,
  SendingOptions,
  Settable,
} from "../options/options.ts";
import { defineType } from "./define-type.ts";
import { DuplexSocket } from "./duplex-socket.ts";
import type { BaseOptions } from "./socket.ts";

/** ZMQ_ROUTER_HANDOVER of zmq_setsockopt(3). A REP is a ROUTER inside, but zeromq has no such option for it. */
const routerHandover = 56;

/**
 * REQ: sends a request, receives its reply, then sends the next request.
 *
 * A second `send` waits until a receive has got the reply to the first.
 *
 * A lost reply keeps `receive` waiting, so give `receive` a `timeout`. After a timeout the next `send` goes out, and a late reply to the
 * earlier request is dropped: replies never answer the wrong request. A `receive` instead of that `send` still gets the late reply.
 *
 * Concurrent receives get replies in the order of their calls. Each receive belongs to one request, and never gets the reply to an
 * earlier one. See the options `relaxed` and `correlate`, and REQ in zmq_socket(3).
 *
 * @example
 * ```ts
 * import { Reply, Request } from "@awaitmq/core";
 *
 * const reply = new Reply();
 * const request = new Request();
 * request.connect(await reply.bind("tcp://127.0.0.1:*"));
 *
 * await request.send("Ada");
 * const [name] = await reply.receive();
 * await reply.send(`Hello, ${name}`);
 * const [greeting] = await request.receive({ timeout: 1_000 });
 * console.log(greeting.toString()); // Hello, Ada
 * await Promise.all([request.close(), reply.close()]);
 * ```
 *
 * @category Sockets
 */
export class Request extends DuplexSocket {
  /** @param options socket options, which are also properties of the socket */
  constructor(
    options?: Settable<
      BaseOptions & SendingOptions & ReceivingOptions & RoutingIdOption & ProbeRouterOption & RequestOptions
    >,
  ) {
    super(
      {
        name: "Request",
        native: nativeClasses.Request,
        defaults: { immediate: true },
        writableWith: "immediate",
        deals: true,
        asks: true,
      },
      options,
    );
  }
}
export interface Request extends RoutingIdOption, ProbeRouterOption, RequestOptions {}
for (const name of ["relaxed", "correlate"] as const) {
  defineOption(Request.prototype, name, (request, value) => {
    (request[internals].lockStep as LockStep)[name] = value as boolean;
  });
}

/**
 * REP: receives a request, sends its reply, then receives the next request.
 *
 * `send` waits for the request that it answers. A Request that connects with a routing id in use takes that id over, as on a Router.
 * A stranger who can connect can crash the process: see the guide's page on security. See also REP in zmq_socket(3).
 *
 * @example
 * ```ts
 * import { Reply, Request } from "@awaitmq/core";
 *
 * const reply = new Reply();
 * const request = new Request();
 * request.connect(await reply.bind("tcp://127.0.0.1:*"));
 * await request.send("2");
 *
 * for await (const [number] of reply) {
 *   await reply.send(String(Number(number) ** 2));
 *   break;
 * }
 * const [square] = await request.receive();
 * console.log(square.toString()); // 4
 * await Promise.all([request.close(), reply.close()]);
 * ```
 *
 * @category Sockets
 */
export class Reply extends DuplexSocket {
  /** @param options socket options, which are also properties of the socket */
  constructor(options?: Settable<BaseOptions & SendingOptions & ReceivingOptions & RoutingIdOption>) {
    super({ name: "Reply", native: nativeClasses.Reply }, options);
    this[internals].native.setInt32Option(routerHandover, 1);
  }
}
export interface Reply extends RoutingIdOption {}

defineType(Request, nativeClasses.Request);
defineType(Reply, nativeClasses.Reply);
