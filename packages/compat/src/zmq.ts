/** The module as one object, which `require` returns, and a namespace of its types. */

import { curveKeyPair, version as versionOfLibrary } from "@awaitmq/core";
import { constants, type SocketType as NamesOfTypes, shortConstants, states, types } from "./constants.ts";
import { type Context as ClassicContext, Context } from "./context.ts";
import type { Callback as AnyCallback } from "./handlers.ts";
import { events } from "./monitor/event-names.ts";
import { options } from "./options/options.ts";
import { proxy } from "./proxy.ts";
import { type ClassicSocket, Socket, socket } from "./socket.ts";

/**
 * Generates a pair of CURVE keys, 40 characters of Z85 each. See zmq_curve_keypair(3).
 *
 * @category Keys
 */
export function curveKeypair(): { public: string; secret: string } {
  const { publicKey, secretKey } = curveKeyPair();
  return { public: publicKey, secret: secretKey };
}

/**
 * The version of libzmq.
 *
 * @category Context and library
 */
export const version = versionOfLibrary;
/**
 * Returns `version`, under its name in the C++ part of the classic package.
 *
 * @category Context and library
 */
export const zmqVersion = () => version;

/** The object that `require("zmq")` returns. */
export const zmq = {
  ...shortConstants,
  ...constants,
  ...states,
  Context,
  Socket,
  /** The older name of `socket`. */
  createSocket: socket,
  /** Generates a pair of CURVE keys. */
  curveKeypair,
  events,
  options,
  /** Forwards messages between two sockets. */
  proxy,
  /** Opens a socket. */
  socket,
  types,
  version,
  /** The older name of `curveKeypair`. */
  zmqCurveKeypair: curveKeypair,
  zmqVersion,
};

/** The types, as members of the result of `require` and the default import. */
export declare namespace zmq {
  /** Called when an operation is done, or with its error. */
  type Callback = AnyCallback;
  /** The type of `new zmq.Context()`. */
  type Context = ClassicContext;
  /** The type of `zmq.socket(type)`. */
  type Socket = ClassicSocket;
  /** The name of a socket type. */
  type SocketType = NamesOfTypes;
}
