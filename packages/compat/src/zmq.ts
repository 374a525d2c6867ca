/** All of the module as one object, as `require` gives it, and a namespace of its types. */

import { curveKeyPair, version as versionOfLibrary } from "@awaitmq/core";
import { constants, type SocketType as NamesOfTypes, shortConstants, states, types } from "./constants.ts";
import { type Context as ClassicContext, Context } from "./context.ts";
import type { Callback as AnyCallback } from "./handlers.ts";
import { events } from "./monitor/event-names.ts";
import { options } from "./options/options.ts";
import { proxy } from "./proxy.ts";
import { type ClassicSocket, Socket, socket } from "./socket.ts";

/** A new pair of CURVE keys, 40 characters of Z85 each; see zmq_curve_keypair(3). */
export function curveKeypair(): { public: string; secret: string } {
  const { publicKey, secretKey } = curveKeyPair();
  return { public: publicKey, secret: secretKey };
}

/** The version of libzmq. */
export const version = versionOfLibrary;
/** Gives `version`; the name is that of the C++ part of the classic package. */
export const zmqVersion = () => version;

/** The object that `require("zmq")` gives. */
export const zmq = {
  ...shortConstants,
  ...constants,
  ...states,
  Context,
  Socket,
  /** As `socket`, by its older name. */
  createSocket: socket,
  /** A new pair of CURVE keys. */
  curveKeypair,
  events,
  options,
  /** Forwards messages between two sockets. */
  proxy,
  /** Opens a socket. */
  socket,
  types,
  version,
  /** As `curveKeypair`, by its older name. */
  zmqCurveKeypair: curveKeypair,
  zmqVersion,
};

/** The types, as members of what `require` and the default import give. */
export declare namespace zmq {
  /** Called when it is done, or with why it is not. */
  type Callback = AnyCallback;
  /** What `new zmq.Context()` gives. */
  type Context = ClassicContext;
  /** What `zmq.socket(type)` gives. */
  type Socket = ClassicSocket;
  /** The name of a socket type. */
  type SocketType = NamesOfTypes;
}
