/** DEALER and ROUTER: many conversations at once, each with its peer. */

import type { ConnectOptions } from "../connecting/connect-options.ts";
import { internals } from "../internals-key.ts";
import { defineConflate } from "../kinds/conflate.ts";
import type { Frames } from "../kinds/send-rules.ts";
import { nativeClasses } from "../native/native.ts";
import type {
  ConflateOption,
  ProbeRouterOption,
  ReceivingOptions,
  RouterOptions,
  RoutingIdOption,
  SendingOptions,
  Settable,
} from "../options/options.ts";
import { defineType } from "./define-type.ts";
import { DuplexSocket } from "./duplex-socket.ts";
import { firstFrame } from "./first-frame.ts";
import type { BaseOptions } from "./socket.ts";

/**
 * DEALER: sends to its peers in turn, and receives from all of them.
 *
 * `send` waits while no peer has room. With several endpoints, one whose connection is broken still gets its turn, and its messages wait
 * for the reconnect; see `immediate`. See also DEALER in zmq_socket(3).
 *
 * @example
 * ```ts
 * import { Dealer, Router } from "@awaitmq/core";
 *
 * const router = new Router();
 * const dealer = new Dealer({ routingId: "worker-1" });
 * dealer.connect(await router.bind("tcp://127.0.0.1:*"));
 *
 * await dealer.sendAll(["one", "two"]); // needs no reply in between
 * const [id, first] = await router.receive();
 * const [, second] = await router.receive();
 * console.log(`${id}: ${first}, ${second}`); // worker-1: one, two
 * await Promise.all([dealer.close(), router.close()]);
 * ```
 *
 * @category Sockets
 */
export class Dealer extends DuplexSocket {
  /** @param options socket options, which are also properties of the socket */
  constructor(
    options?: Settable<
      BaseOptions & SendingOptions & ReceivingOptions & RoutingIdOption & ProbeRouterOption & ConflateOption
    >,
  ) {
    super(
      {
        name: "Dealer",
        native: nativeClasses.Dealer,
        defaults: { immediate: true },
        writableWith: "immediate",
        deals: true,
      },
      options,
    );
  }
}
export interface Dealer extends RoutingIdOption, ProbeRouterOption, ConflateOption {}

/**
 * ROUTER: addresses each peer by its routing id, the first frame of every message.
 *
 * A received message begins with the routing id of its sender. A sent message begins with that of its receiver. If no connected peer has
 * the id, `send` rejects with `UnroutableError` at once. A full peer delays only the messages for that peer.
 *
 * Routing ids prove nothing. A generated id can be guessed, and a peer may claim any other id. A peer that claims an id in use takes it
 * over, see `handover`. A peer that claims the next id that libzmq 4.3.5 would generate crashes the process, by a failed assertion. Keep
 * strangers out: see the guide's page on security. See also ROUTER in zmq_socket(3).
 *
 * @example
 * ```ts
 * import { Dealer, Router } from "@awaitmq/core";
 *
 * const router = new Router();
 * const dealer = new Dealer();
 * dealer.connect(await router.bind("tcp://127.0.0.1:*"));
 * await dealer.send("ping");
 *
 * const [peer, question] = await router.receive();
 * await router.send([peer, `${question} pong`]); // back to that peer
 * const [answer] = await dealer.receive();
 * console.log(answer.toString()); // ping pong
 * await Promise.all([dealer.close(), router.close()]);
 * ```
 *
 * @category Sockets
 */
export class Router extends DuplexSocket {
  /** @param options socket options, which are also properties of the socket */
  constructor(
    options?: Settable<
      BaseOptions & SendingOptions & ReceivingOptions & RoutingIdOption & ProbeRouterOption & RouterOptions
    >,
  ) {
    super(
      {
        name: "Router",
        native: nativeClasses.Router,
        defaults: { mandatory: true, handover: true },
        writableWith: "mandatory",
        sender: { route: firstFrame, check: checkRouted },
      },
      options,
    );
  }

  /**
   * Connects to a peer, which `routingId` may name.
   *
   * @param address of the peer, as for `connect` of other sockets
   * @param options a routing id for the peer
   * @throws AddressError, UnsupportedError, ClosedError; TypeError or RangeError for a wrong `routingId`
   */
  override connect(address: string, options?: ConnectOptions): void {
    this[internals].endpoints.connect(address, options);
  }
}
export interface Router extends RoutingIdOption, ProbeRouterOption, RouterOptions {}

defineConflate(Dealer.prototype, "receives");
defineType(Dealer, nativeClasses.Dealer);
defineType(Router, nativeClasses.Router);

/** libzmq silently accepts a routing id without a message, and sends nothing. */
function checkRouted(frames: Frames): void {
  if (!Array.isArray(frames) || frames.length < 2)
    throw new TypeError(
      `Cannot send ${frameCount(frames)} on a Router: it needs a routing id and at least one more frame, as [routingId, "text"]`,
    );
}

function frameCount(frames: Frames): string {
  return Array.isArray(frames) ? `${frames.length} frame${frames.length === 1 ? "" : "s"}` : "1 frame";
}
