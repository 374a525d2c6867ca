/** Where a packed message goes, by the type of its socket: to the one queue there is, to a peer, or under a topic. */

import { internals } from "../internals-key.ts";
import { asBuffer, toKey } from "../message/bytes.ts";
import type { NativeFrame } from "../message/message.ts";
import { toFrames } from "../message/message.ts";
import type { Socket } from "../socket/socket.ts";

/** How the socket types differ in packed messages. */
export type PackedForm =
  /** A message is one frame. */
  | "plain"
  /** It has the peer before it. */
  | "routed"
  /** It has the topic before it. */
  | "topical";

const bothWays = { Pair: "plain", Dealer: "plain", Router: "routed" } as const;

/** What each type of socket carries, by the direction. */
const forms: Readonly<Record<"packed" | "unpacked", Readonly<Record<string, PackedForm>>>> = {
  packed: { ...bothWays, Push: "plain", Publisher: "topical", XPublisher: "topical" },
  unpacked: { ...bothWays, Pull: "plain", Subscriber: "topical" },
};

/** @throws TypeError for what is no socket of a type that can do that */
export function packedFormOf(socket: Socket, direction: "packed" | "unpacked"): PackedForm {
  const name = socket?.[internals]?.name;
  const form = name === undefined ? undefined : forms[direction][name];
  if (form !== undefined) {
    const { inbox, outbox } = socket[internals];
    if (direction === "packed" ? outbox.conflates : inbox.conflates)
      throw new TypeError(`${direction} takes a socket without conflate, which would drop frames of many messages`);
    return form;
  }
  const takes = Object.keys(forms[direction]).join(", ");
  throw new TypeError(`${direction} takes a socket of one of the types ${takes}, got ${name ?? typeof socket}`);
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
  if (typeof frame === "string") return isAscii(frame) ? frame : toKey(Buffer.from(frame));
  return toKey(asBuffer(frame));
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return false;
  return true;
}
