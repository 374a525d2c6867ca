/** The messages of a worker that answer one request, with the envelope that the request came in. */

import type { Dealer, Frame } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";
import { CreditSender } from "../streams/credit-sender.ts";
import type { ServedStreamPort } from "../streams/served-stream.ts";
import { type Credit, encodeCredit } from "../wire/credit.ts";
import { isAnswerable, type MessageType, messageTypes, streamHeader } from "../wire/envelope.ts";

export class WorkerPort implements ServedStreamPort {
  readonly #dealer: Dealer;
  readonly #envelope: readonly Buffer[];
  readonly #late: AbortSignal;
  /** Created on demand: most requests do not stream. */
  #credits: CreditSender | undefined;

  /** @param late aborted when nothing is sent any more */
  constructor(dealer: Dealer, envelope: readonly Buffer[], late: AbortSignal) {
    this.#dealer = dealer;
    this.#envelope = envelope;
    this.#late = late;
  }

  readonly send: ServedStreamPort["send"] = (type, flags, position, body, done) => {
    const message = this.message(type, flags, position, body);
    this.#dealer.send(message, { signal: this.#late, copy: type === messageTypes.items }).then(() => done(), done);
  };

  readonly grant = (credit: Credit): void => {
    this.#credits ??= new CreditSender((more, sent) => this.#control(messageTypes.credit, [encodeCredit(more)], sent));
    this.#credits.grant(credit);
  };

  readonly enough = (): void => this.#control(messageTypes.enough, [], nothing);

  reply(body: readonly Frame[]): readonly Frame[] {
    return this.message(messageTypes.reply, 0, 0, body);
  }

  error(body: readonly Frame[], flags: number): readonly Frame[] {
    return this.message(messageTypes.error, flags, 0, body);
  }

  /** Any message for the client. A plain client has no header, and gets only a reply. */
  message(type: MessageType, flags: number, position: number, body: readonly Frame[]): readonly Frame[] {
    const [delimiter, tag, ...hops] = this.#envelope as readonly [Buffer, Buffer, ...Buffer[]];
    const header = hops.at(-2);
    if (header === undefined || !isAnswerable(header)) return [...this.#envelope, ...body];
    return [delimiter, tag, ...hops.slice(0, -2), streamHeader(header, type, flags, position), "", ...body];
  }

  /** If it cannot be sent, the connection to the broker is gone. */
  #control(type: MessageType, body: readonly Frame[], sent: () => void): void {
    const waiting = () => ({ timeout: Number.POSITIVE_INFINITY, signal: this.#late, isUrgent: true });
    this.#dealer[internals].outbox.sendUnordered(this.message(type, 0, 0, body), waiting).then(sent, sent);
  }
}

function nothing(): void {}
