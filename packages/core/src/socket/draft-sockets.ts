/**
 * The socket types of libzmq's draft API: single-frame, mostly thread-safe, and free to change with any release of
 * libzmq. They need a build that has it (`capability.draft`), as the one that comes with zeromq does; elsewhere their
 * constructors throw `UnsupportedError`. See zmq_socket(3), "draft".
 *
 * libzmq has no descriptor to wait on for the thread-safe ones, which are all but Datagram. A receive that waits looks for a message:
 * in every turn of the event loop for 1 ms, then after pauses of 1, 2, 4, 8 and at last 10 ms, beginning again with each send on the
 * socket. So a message may be noticed up to 10 ms late, and a socket that waits takes about 0.3 % of a core. A send that waits for
 * room tries again after pauses of up to 64 ms.
 *
 * @module @awaitmq/core/draft
 */

import { UnsupportedError } from "../errors.ts";
import { internals } from "../internals-key.ts";
import { defineConflate } from "../kinds/conflate.ts";
import type { Sender } from "../kinds/send-rules.ts";
import type { SocketKind } from "../kinds/socket-kind.ts";
import type { Frame } from "../message/message.ts";
import { nativeCapability, nativeClasses } from "../native/native.ts";
import { defineOptions } from "../options/option-accessors.ts";
import type { CommonOptions, ConflateOption, ReceivingOptions, SendingOptions, Settable } from "../options/options.ts";
import { defineSendingOptions } from "../options/own-options.ts";
import { makeStrict } from "../options/strict-properties.ts";
import type { SendOptions } from "../sending/send-options.ts";
import { type ContextOption, DuplexSocket, ReceivingSocket, SendingSocket, Socket } from "./socket.ts";

type Base = CommonOptions & ContextOption;
type DraftName = "Server" | "Client" | "Radio" | "Dish" | "Scatter" | "Gather" | "Channel" | "Datagram";

const single: Sender = {
  check(frames) {
    if (Array.isArray(frames) && frames.length !== 1)
      throw new TypeError(`This type of socket sends a single frame, got ${frames.length}`);
  },
};

function draft(name: DraftName, sender?: Sender): SocketKind {
  if (!nativeCapability.draft) {
    throw new UnsupportedError(
      `Cannot open a ${name} socket: this build of libzmq lacks the draft API; use the stable types of @awaitmq/core, or build zeromq with --zmq-draft`,
    );
  }
  return { name, native: nativeClasses[name], ...(sender && { sender }) };
}

/** How a {@link Server} sends: to whom. */
export interface ServerSendOptions extends SendOptions {
  /** The peer, by the number that came with its message. */
  readonly routingId: number;
}

/** SERVER: talks to many Clients, each known by a number. An unknown one rejects `UnroutableError`. */
export class Server extends ReceivingSocket<[bytes: Buffer, peer: { readonly routingId: number }]> {
  constructor(options?: Settable<Base & SendingOptions & ReceivingOptions>) {
    super(
      draft("Server", { ...single, route: (_frames, details) => (details as { routingId: number }).routingId }),
      options,
    );
  }

  /** As `send` of other sockets, to the peer of that number. @throws TypeError without a number, UnroutableError */
  async send(message: Frame | readonly [Frame], options: ServerSendOptions): Promise<void> {
    const { routingId, ...rest } = options ?? {};
    if (!Number.isInteger(routingId)) throw new TypeError(`routingId must be a whole number, got ${routingId}`);
    return this[internals].outbox.send(message, rest, { routingId });
  }
}
export interface Server extends SendingOptions {}

/** CLIENT: talks to one or more Servers. */
export class Client extends DuplexSocket<[Buffer], Frame | readonly [Frame]> {
  constructor(options?: Settable<Base & SendingOptions & ReceivingOptions>) {
    super({ ...draft("Client", single), deals: true }, options);
  }
}

/** How a {@link Radio} sends: to which group. */
export interface RadioSendOptions extends SendOptions {
  /** The group to send to, at most 255 bytes. */
  readonly group: string | Buffer;
}

/** RADIO: sends to the Dishes that joined a group; like a Publisher, also over `udp://`. */
export class Radio extends Socket {
  constructor(options?: Settable<Base & SendingOptions>) {
    super(draft("Radio", single), options);
  }

  /** As `send` of other sockets, to all that have joined the group. @throws TypeError without a group */
  async send(message: Frame | readonly [Frame], options: RadioSendOptions): Promise<void> {
    const { group, ...rest } = options ?? {};
    if (typeof group !== "string" && !Buffer.isBuffer(group)) throw new TypeError("group must be a string or a Buffer");
    return this[internals].outbox.send(message, rest, { group });
  }
}
export interface Radio extends SendingOptions {}

/** DISH: receives what Radios send to the groups it joined. */
export class Dish extends ReceivingSocket<[bytes: Buffer, origin: { readonly group: Buffer }]> {
  constructor(options?: Settable<Base & ReceivingOptions>) {
    super({ ...draft("Dish"), subscribes: true }, options);
  }

  /** Asks for what is sent to these groups, at most 255 bytes each. @throws RangeError for a group that libzmq refuses */
  join(...groups: (string | Buffer)[]): void {
    this.#change("join", groups);
  }

  /** Takes it back. @throws RangeError for a group that was not joined */
  leave(...groups: (string | Buffer)[]): void {
    this.#change("leave", groups);
  }

  #change(action: "join" | "leave", groups: (string | Buffer)[]): void {
    this[internals].checkOpen(action);
    for (const group of groups) {
      if (typeof group !== "string" && !Buffer.isBuffer(group)) throw new TypeError("A group is a string or a Buffer");
      try {
        this[internals].native[action](group);
        this[internals].hasSubscribed = true;
      } catch (cause) {
        throw new RangeError(`Cannot ${action} ${JSON.stringify(String(group))}: ${(cause as Error).message}`, {
          cause,
        });
      }
    }
  }
}

/** SCATTER: hands each message to one of its Gathers in turn. */
export class Scatter extends SendingSocket<Frame | readonly [Frame]> {
  constructor(options?: Settable<Base & SendingOptions & ConflateOption>) {
    super(draft("Scatter", single), options);
  }
}
export interface Scatter extends ConflateOption {}

/** GATHER: receives from all its Scatters in turn. */
export class Gather extends ReceivingSocket<[Buffer]> {
  constructor(options?: Settable<Base & ReceivingOptions & ConflateOption>) {
    super(draft("Gather"), options);
  }
}
export interface Gather extends ConflateOption {}

/** CHANNEL: one peer, both ways. */
export class Channel extends DuplexSocket<[Buffer], Frame | readonly [Frame]> {
  constructor(options?: Settable<Base & SendingOptions & ReceivingOptions>) {
    super({ ...draft("Channel", single), deals: true }, options);
  }
}

/**
 * DGRAM: plain UDP. Messages are an address, as `127.0.0.1:5555`, and bytes. A received address ends in a NUL, as libzmq
 * has it; it can be sent to as it is.
 */
export class Datagram extends DuplexSocket<[address: Buffer, bytes: Buffer], readonly [address: Frame, bytes: Frame]> {
  constructor(options?: Settable<Base & SendingOptions & ReceivingOptions>) {
    super(
      draft("Datagram", {
        check(frames) {
          if (!Array.isArray(frames) || frames.length !== 2)
            throw new TypeError("A Datagram sends exactly two frames: an address and bytes");
        },
      }),
      options,
    );
  }
}

/** PEER needs a routing id that zeromq has no way to pass on: the constructor always throws. Use Server and Client, or Router. */
export class Peer {
  constructor() {
    throw new UnsupportedError(
      "Cannot open a Peer socket: zeromq can't address its peers; use Server and Client, or a Router",
    );
  }
}

const types = { Server, Client, Radio, Dish, Scatter, Gather, Channel, Datagram };
makeStrict(...Object.values(types));
defineConflate(Gather.prototype, "receives");
for (const [name, type] of Object.entries(types)) {
  defineOptions(type.prototype, nativeClasses[name as DraftName].prototype);
}
defineSendingOptions(Server.prototype);
defineSendingOptions(Radio.prototype);
