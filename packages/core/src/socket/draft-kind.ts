/** The common part of the draft socket types. */

import { UnsupportedError } from "../errors.ts";
import type { Sender } from "../kinds/send-rules.ts";
import type { SocketKind } from "../kinds/socket-kind.ts";
import { nativeCapability, nativeClasses } from "../native/native.ts";

type DraftName = "Server" | "Client" | "Radio" | "Dish" | "Scatter" | "Gather" | "Channel" | "Datagram";

/** Sending of types whose messages have a single frame. */
export const single: Sender = {
  check(frames) {
    if (Array.isArray(frames) && frames.length !== 1)
      throw new TypeError(`Cannot send ${frames.length} frames: this type of socket sends messages of one frame`);
  },
};

/** @throws UnsupportedError if this build of libzmq has no draft API */
export function draftKind(name: DraftName, sender?: Sender): SocketKind {
  if (!nativeCapability.draft) {
    throw new UnsupportedError(
      `Cannot open a ${name} socket: this build of libzmq lacks the draft API. Use the stable types of @awaitmq/core, or build zeromq with --zmq-draft`,
    );
  }
  return { name, native: nativeClasses[name], ...(sender && { sender }) };
}
