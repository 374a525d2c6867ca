/** The destination of a packed message, by socket type: the only queue, a peer, or a topic. */

import { internals } from "../internals-key.ts";
import { asBuffer, toKey } from "../message/bytes.ts";
import type { NativeFrame } from "../message/message.ts";
import { toFrames } from "../message/message.ts";
import type { Socket } from "../socket/socket.ts";

/** How packed messages differ by socket type. */
export type PackedForm =
  /** A message is one frame. */
  | "plain"
  /** The routing id comes first. */
  | "routed"
  /** The topic comes first. */
  | "topical";

const bothWays = { Pair: "plain", Dealer: "plain", Router: "routed" } as const;

/** The form of messages per socket type and direction. */
const forms: Readonly<Record<"packed" | "unpacked", Readonly<Record<string, PackedForm>>>> = {
  packed: { ...bothWays, Push: "plain", Publisher: "topical", XPublisher: "topical" },
  unpacked: { ...bothWays, Pull: "plain", Subscriber: "topical" },
};

/** @throws TypeError for a socket of another type, or no socket */
export function packedFormOf(socket: Socket, direction: "packed" | "unpacked"): PackedForm {
  const name = socket?.[internals]?.name;
  const form = name === undefined ? undefined : forms[direction][name];
  if (form !== undefined) {
    const { inbox, outbox } = socket[internals];
    if (direction === "packed" ? outbox.conflates : inbox.conflates)
      throw new TypeError(`Cannot use ${direction} on a ${name} with conflate: it would drop frames of many messages`);
    return form;
  }
  const takes = Object.keys(forms[direction]).join(", ");
  throw new TypeError(`${direction} needs a socket of the type ${takes}, got ${name ?? typeof socket}`);
}

/** The first frame and the message. @throws TypeError if the message is not a pair of frames */
export function parted(message: unknown, form: PackedForm): [NativeFrame, NativeFrame] {
  if (!Array.isArray(message) || message.length !== 2)
    throw new TypeError(
      `Cannot write ${Array.isArray(message) ? `${message.length} frames` : "a single frame"}: a packed message on this socket is [${form === "routed" ? "routing id" : "topic"}, frame]`,
    );
  return toFrames(message, false) as [NativeFrame, NativeFrame];
}

/** A key for the bytes of a frame: the same for text and bytes that are equal. */
export function keyOf(frame: NativeFrame): string {
  if (frame === null) return "";
  if (typeof frame === "string") return isAscii(frame) ? frame : toKey(Buffer.from(frame));
  return toKey(asBuffer(frame));
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return false;
  return true;
}
