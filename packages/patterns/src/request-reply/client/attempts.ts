/** The attempts of all calls that may still be answered, by the number of their request. */

import { TransientMap } from "@awaitmq/core/internals";
import { CreditSender } from "../../streams/credit-sender.ts";
import { Sending } from "../../wire/sending.ts";
import { type Attempt, type Call, noAttempts } from "./call.ts";
import { Leaving } from "./leaving.ts";
import type { Link } from "./link.ts";

export class Attempts {
  readonly #attempts = new TransientMap<number, Attempt>();
  /** Streams that were left, and whose servers have not finished. */
  readonly leaving: Leaving;
  #nextRequest = 0;
  /** Messages that came after their call had settled. */
  late = 0;

  /** @param freed called when a stream that was left is over */
  constructor(freed: () => void) {
    this.leaving = new Leaving(freed);
  }

  get size(): number {
    return this.#attempts.size;
  }

  /** How many count towards `maxInFlight`: its server has a stream until the handler has finished. */
  get held(): number {
    return this.#attempts.size + this.leaving.held;
  }

  /** Begins an attempt of a call. */
  add(call: Call, link: Link): Attempt {
    const request = this.#nextRequest;
    this.#nextRequest = (request + 1) >>> 0;
    const { session } = link.connection;
    const attempt: Attempt = { call, link, request, session, sending: new Sending(), isAccepted: false };
    this.#attempts.set(request, attempt);
    call.attempts = call.attempts.length === 0 ? [attempt] : [...call.attempts, attempt];
    call.made += 1;
    call.last = link;
    if (call.stream !== undefined) {
      const credits = new CreditSender((credit, sent) => link.grant(attempt, credit, sent));
      call.stream.begin({
        send: (...message) => link.stream(attempt, ...message),
        grant: (credit) => credits.grant(credit),
      });
    }
    return attempt;
  }

  /**
   * Ends an attempt. False if it had already ended. With `cancel` its server is notified.
   *
   * @param isOver whether its call makes no other attempt. If it may, that one takes the place of this one
   */
  end(attempt: Attempt, cancel: boolean, isOver: boolean): boolean {
    if (!this.#attempts.delete(attempt.request)) return false;
    const { call, link, session } = attempt;
    call.attempts = call.attempts.length === 1 ? noAttempts : call.attempts.filter((other) => other !== attempt);
    link.end(attempt, cancel);
    if (cancel && call.stream !== undefined && !link.connection.isOver(session))
      call.stream.over = this.leaving.add(attempt, call.stream.settings.grace, isOver);
    return true;
  }

  /** @param isFinal whether it is the last message that its server sends for it */
  find(link: Link, request: number, isFinal: boolean): Attempt | undefined {
    const attempt = this.#attempts.get(request);
    if (attempt?.link === link) {
      link.connection.heard(attempt.session);
      return attempt;
    }
    if (!this.leaving.heard(link, request, isFinal)) this.late += 1;
    return undefined;
  }

  /** The attempts that left by this session of a link, or an earlier one. */
  of(link: Link, session: number): readonly Attempt[] {
    return this.#attempts.values().filter((attempt) => attempt.link === link && attempt.session <= session);
  }
}
