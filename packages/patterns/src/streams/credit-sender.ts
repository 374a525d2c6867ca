/**
 * Sends the credit of one stream, one message at a time. What is granted while a message waits for libzmq leaves after
 * it, as a sum. So a peer that does not read piles up no credit.
 */

import { type Credit, noCredit, sumOf } from "../wire/credit.ts";

export class CreditSender {
  readonly #send: (credit: Credit, sent: () => void) => void;
  /** What was granted since the message that waits. Undefined if none does. */
  #more: Credit | undefined;

  /** @param send calls `sent` when libzmq has the message, or it was dropped */
  constructor(send: (credit: Credit, sent: () => void) => void) {
    this.#send = send;
  }

  /** @throws EnvelopeError if the sum is larger than any window */
  grant(credit: Credit): void {
    if (this.#more !== undefined) {
      this.#more = sumOf(this.#more, credit);
      return;
    }
    this.#more = noCredit;
    this.#send(credit, this.#sent);
  }

  readonly #sent = (): void => {
    const more = this.#more ?? noCredit;
    this.#more = undefined;
    if (more.items > 0 || more.bytes > 0) this.grant(more);
  };
}
