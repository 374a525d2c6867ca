/** The native send of a socket, which accepts a message at once or refuses it: the message, its peer, and the meaning of a refusal. */

import type { PeerGate } from "../connecting/peer-gate.ts";
import { type ClosedError, closedError } from "../errors.ts";
import { checkSingle } from "../kinds/conflate.ts";
import type { LockStep } from "../kinds/lock-step.ts";
import type { Frames, Sender } from "../kinds/send-rules.ts";
import { toKey } from "../message/bytes.ts";
import type { NativeHolder, NativeSocket } from "../native/native.ts";
import { noPeer, sendError } from "../native/refusal.ts";

export class NativeSend {
  readonly #socket: NativeHolder;
  readonly #native: NativeSocket;
  #sender: Sender;
  /** The option `conflate`: libzmq keeps only the newest frame, so messages must have one frame. */
  #conflates = false;
  readonly #lockStep: LockStep | undefined;
  readonly #gate: PeerGate;

  constructor(socket: NativeHolder, sender: Sender, gate: PeerGate, lockStep: LockStep | undefined) {
    this.#socket = socket;
    this.#native = socket.native;
    this.#sender = sender;
    this.#gate = gate;
    this.#lockStep = lockStep;
    // Classes that receive have 0 already: see rearm-receive.ts.
    if ("sendTimeout" in this.#native) this.#native.sendTimeout = 0;
  }

  get conflates(): boolean {
    return this.#conflates;
  }

  set conflates(value: boolean) {
    this.#conflates = value;
    this.#sender = { ...this.#sender, check: value ? checkSingle : undefined };
  }

  /** Whether messages are addressed to peers. */
  get isRouted(): boolean {
    return this.#sender.route !== undefined;
  }

  /** @throws TypeError for a message that this type of socket cannot send */
  check(frames: Frames): void {
    this.#sender.check?.(frames);
  }

  /** Offers a message to libzmq. Unlike the native call, it never throws. */
  offer(frames: Frames, details: object | undefined, request: number): Promise<void> {
    if (this.#lockStep === undefined) return this.offerNow(frames, details);
    return this.#lockStep.offer(request, () => this.offerNow(frames, details));
  }

  /** Like `offer`, but without checking whose turn it is. */
  offerNow(checked: Frames, details: object | undefined): Promise<void> {
    if (this.#gate.isShut) return Promise.reject(noPeer);
    try {
      const frames = this.#sender.prepare === undefined ? checked : this.#sender.prepare(checked);
      return details === undefined ? this.#native.send(frames) : this.#native.send(frames, details);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** The key of the peer that a message is for. */
  peer(frames: Frames, details: object | undefined): string {
    const peer = this.#sender.route?.(frames, details);
    return typeof peer === "object" ? toKey(peer) : String(peer);
  }

  /** Translates libzmq's error for the sender. */
  translate(error: unknown, frames: Frames, details: object | undefined): Error {
    const { code } = error as NodeJS.ErrnoException;
    const peer = code === "EHOSTUNREACH" ? this.#sender.route?.(frames, details) : undefined;
    if (peer === undefined && (this.#native.closed || code === "EBADF" || code === "ENOTSOCK"))
      return this.closedError();
    return sendError(error, this.#socket.name, peer);
  }

  closedError(): ClosedError {
    return closedError("send", `${this.#socket.name} socket`);
  }
}
