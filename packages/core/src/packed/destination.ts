/** Where a packed message goes, by the type of its socket: to the one queue there is, to a peer, or under a topic. */

import type { NativeFrame } from "../message.ts";
import { toFrames } from "../message.ts";

/** How the socket types differ in packed messages. */
export type PackedForm =
  /** A message is one frame. */
  | "plain"
  /** It has the peer before it. */
  | "routed"
  /** It has the topic before it. */
  | "topical";

const forms: Readonly<Record<string, PackedForm>> = {
  Push: "plain",
  Pull: "plain",
  Pair: "plain",
  Dealer: "plain",
  Router: "routed",
  Publisher: "topical",
  XPublisher: "topical",
  Subscriber: "topical",
};

/** @throws TypeError for a socket of a type that packed messages have no form for */
export function packedFormOf(name: string): PackedForm {
  const form = forms[name];
  if (form === undefined) throw new TypeError(`A ${name} socket can't carry packed messages`);
  return form;
}

/** The first frame and the message. @throws TypeError for what is no pair of frames */
export function parted(message: unknown, form: PackedForm): [NativeFrame, NativeFrame] {
  if (!Array.isArray(message) || message.length !== 2)
    throw new TypeError(
      `A packed message here is [${form === "routed" ? "routing id" : "topic"}, frame], of two frames exactly`,
    );
  return toFrames(message, false) as [NativeFrame, NativeFrame];
}

/** The same text for the same bytes, however they were given. */
export function keyOf(frame: NativeFrame): string {
  if (frame === null) return "";
  if (typeof frame === "string") return isAscii(frame) ? frame : Buffer.from(frame).toString("latin1");
  return (frame instanceof Uint8Array ? asBuffer(frame) : Buffer.from(frame)).toString("latin1");
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return false;
  return true;
}
