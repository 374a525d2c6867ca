/**
 * Sends messages of the envelope. Those of one tick leave together; one by one, each would wake libzmq's I/O thread and
 * then the peer. Small messages to a peer that reads packets leave as one. They leave when the microtasks of the tick
 * are done, before the event loop waits. Their order is free, except that no cancellation overtakes its request.
 */

import { type Dealer, type Frame, QueueFullError, type Router, TimeoutError } from "@awaitmq/core";
import { internals, toKey } from "@awaitmq/core/internals";
import { messageTypes } from "./envelope.ts";
import { isPackable, PacketWriter } from "./packet.ts";
import { givenUp, type Sending } from "./sending.ts";

/** A message of the envelope that waits for the end of the tick. Its frames are not copied. */
export interface Outgoing {
  /** The routing ids in front of it. */
  readonly route: readonly Buffer[];
  /** Undefined for a peer that sent no header. */
  readonly header: Buffer | undefined;
  readonly body: readonly Frame[];
  /** Whether the peer reads packets. */
  readonly readsPackets: boolean;
  /** Milliseconds from the end of the tick that it may wait for room. */
  readonly timeout: number;
  /** Called when libzmq has it; with the error that the socket's `send` rejects with, or with `givenUp`. */
  readonly done: (error?: Error) => void;
  /** Used to cancel it. */
  readonly sending?: Sending | undefined;
  /** Whether it goes before messages that wait for room. */
  readonly isUrgent?: boolean;
}

interface Packable extends Outgoing {
  readonly header: Buffer;
}

/** The most bytes of a header with its extension that is packed. */
const longestHeader = 1_024;
const empty = Buffer.alloc(0);
const writer = new PacketWriter();

export class EnvelopeSender {
  readonly #outbox: Dealer[typeof internals]["outbox"];
  #waiting: Outgoing[] = [];
  #afterwards: (() => void) | undefined;
  #isDue = false;

  constructor(socket: Dealer | Router) {
    this.#outbox = socket[internals].outbox;
  }

  send(message: Outgoing): void {
    this.#waiting.push(message);
    this.#flushSoon();
  }

  /** Calls `action` when the messages of this tick have left, or there were none. One at a time. */
  afterwards(action: () => void): void {
    this.#afterwards = action;
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    process.nextTick(this.#flush);
  }

  readonly #flush = (): void => {
    this.#isDue = false;
    if (this.#waiting.length > 0) this.#sendAll();
    const action = this.#afterwards;
    this.#afterwards = undefined;
    action?.();
  };

  #sendAll(): void {
    const all = this.#waiting;
    this.#waiting = [];
    const waiting = withoutGivenUp(all);
    if (waiting.length === 0) return;
    if (waiting.length === 1) {
      const [message] = waiting as [Outgoing];
      if (isToPack(message)) this.#pack([message]);
      else this.#sendAlone(message);
      return;
    }
    const packable = new Map<string, Packable[]>();
    let last: Packable | undefined;
    let lastGroup: Packable[] = [];
    for (const message of waiting) {
      if (!isToPack(message)) {
        this.#sendAlone(message);
        continue;
      }
      // Most messages of a tick go to the same peer.
      if (last === undefined || last.route[0] !== message.route[0]) {
        const [id] = message.route;
        const peer = id === undefined ? "" : toKey(id);
        lastGroup = packable.get(peer) ?? [];
        if (lastGroup.length === 0) packable.set(peer, lastGroup);
      }
      last = message;
      lastGroup.push(message);
    }
    for (const messages of packable.values()) this.#pack(messages);
  }

  #sendAlone({ route, header, body, timeout, done, sending, isUrgent }: Outgoing): void {
    // The memory of items is reused when the message was sent, while libzmq may still read it.
    const own = header?.[3] === messageTypes.items ? body.map((frame) => Buffer.from(frame as Buffer)) : body;
    const frames = header === undefined ? [...route, empty, ...own] : [...route, header, empty, ...own];
    const ifItWaits = () => ({ timeout, signal: sending?.signal, isUrgent });
    this.#outbox.sendUnordered(frames, ifItWaits).then(() => done(), done);
  }

  #pack(messages: readonly Packable[]): void {
    let from = 0;
    writer.begin();
    for (let index = 0; index < messages.length; index++) {
      const { header, body } = messages[index] as Packable;
      if (writer.add(header, body)) continue;
      this.#sendPacket(messages.slice(from, index));
      from = index;
      writer.begin();
      writer.add(header, body);
    }
    this.#sendPacket(from === 0 ? messages : messages.slice(from));
  }

  #sendPacket(messages: readonly Packable[]): void {
    const [peer] = (messages[0] as Packable).route;
    const packet = writer.finish();
    this.#outbox.sendUnordered(peer === undefined ? packet : [peer, packet], withoutWaiting).then(
      () => {
        for (const { done } of messages) done();
      },
      (error) => {
        // There is no room, so they wait one by one, each for its own timeout.
        if (error instanceof TimeoutError || error instanceof QueueFullError)
          for (const message of withoutGivenUp(messages)) this.#sendAlone(message);
        else for (const { done } of messages) done(error);
      },
    );
  }
}

function withoutWaiting() {
  return { timeout: 0 };
}

function isGivenUp({ sending }: Outgoing): boolean {
  return sending?.isGivenUp === true;
}

/** Returns the messages that are still wanted, and settles the others. */
function withoutGivenUp<M extends Outgoing>(messages: readonly M[]): readonly M[] {
  if (!messages.some(isGivenUp)) return messages;
  for (const message of messages) if (isGivenUp(message)) message.done(givenUp);
  return messages.filter((message) => !isGivenUp(message));
}

function isToPack(message: Outgoing): message is Packable {
  const { readsPackets, header, body } = message;
  if (!readsPackets || header === undefined) return false;
  return header[3] === messageTypes.items || (header.length <= longestHeader && isPackable(body));
}
