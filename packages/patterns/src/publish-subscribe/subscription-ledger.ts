/**
 * The subscriptions of an XPUB socket, as its peers report them: one message for each that begins or ends. When the
 * connection of a dead subscriber ends, its subscriptions are reported too. zmq_setsockopt(3), ZMQ_XPUB_VERBOSER
 */

import { type Message, TimeoutError, type WaitOptions, type XPublisher } from "@awaitmq/core";
import { onGivingUp, toKey } from "@awaitmq/core/internals";
import { execute, race } from "abort-controller-x";
import { TooLateError } from "../errors.ts";
import { type RawTopic, rawTopic } from "./topic.ts";

/** Milliseconds between two readings while nobody waits. */
const interval = 50;
/** The most messages in one reading. */
const mostAtOnce = 10_000;

const ledgers = new WeakMap<XPublisher, SubscriptionLedger>();

export class SubscriptionLedger {
  readonly #socket: XPublisher;
  /** Subscriptions per prefix. */
  readonly #counts = new Map<RawTopic, number>();
  /** The length of the longest prefix. */
  #longest = 0;
  /** Called after each change. */
  readonly #waiting = new Set<() => void>();
  #lastRead = 0;
  #reading: Promise<void> | undefined;

  private constructor(socket: XPublisher) {
    this.#socket = socket;
    socket.verbosity = "allSubsUnsubs";
  }

  /**
   * Returns the one ledger of a socket: messages that one reader takes are lost to another.
   *
   * @throws TooLateError for a socket without a ledger that has endpoints: several subscriptions to a prefix may have
   * been reported once
   */
  static of(socket: XPublisher): SubscriptionLedger {
    let ledger = ledgers.get(socket);
    if (ledger === undefined) {
      if (socket.endpoints.length > 0)
        throw new TooLateError(
          `Cannot count the subscriptions of an XPublisher that already has ${socket.endpoints[0]}: some may have been missed. ` +
            "Create the TopicPublisher before bind or connect, or pass it the endpoint",
        );
      ledger = new SubscriptionLedger(socket);
      ledgers.set(socket, ledger);
    }
    return ledger;
  }

  /** How many subscriptions match everything that begins with this. */
  count(topic: string): number {
    // A character has at least one byte. So this many characters, plus the second half of a surrogate pair, cover the
    // longest prefix.
    const raw = rawTopic(topic.slice(0, this.#longest + 1));
    const most = Math.min(raw.length, this.#longest);
    let count = 0;
    for (let length = 0; length <= most; length++) count += this.#counts.get(raw.slice(0, length)) ?? 0;
    return count;
  }

  /**
   * Resolves when at least `count` subscriptions match the topic.
   *
   * @param end ends the wait too
   * @throws TimeoutError, ClosedError, `signal.reason`, `end.reason`
   */
  async reaches(topic: string, count: number, { signal, timeout }: WaitOptions, end: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await this.#readAll();
    if (this.count(topic) >= count) return;
    end.throwIfAborted();
    await race(signal ?? new AbortController().signal, (inner) => [
      this.#read(inner),
      this.#until(() => this.count(topic) >= count, inner),
      execute<never>(inner, (_, reject) =>
        onGivingUp({ signal: end, timeout }, reject, () => {
          const sentence = `Topic ${JSON.stringify(topic)} had ${this.count(topic)} of ${count} subscriptions after ${timeout} ms`;
          reject(new TimeoutError(sentence));
        }),
      ),
    ]);
  }

  /**
   * Reads what has arrived, if the last reading was some time ago: libzmq keeps all unread messages.
   *
   * Call it whenever the socket is used, because subscriptions are counted only then. No receive waits in between,
   * because that would keep the process alive. Never rejects.
   */
  keepUp(): Promise<void> | undefined {
    return performance.now() - this.#lastRead >= interval ? this.#readAll() : undefined;
  }

  #readAll(): Promise<void> {
    this.#reading ??= this.#readWhatIsThere().finally(() => {
      this.#lastRead = performance.now();
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readWhatIsThere(): Promise<void> {
    try {
      for (let read = 0; read < mostAtOnce; read++) this.#note(await this.#socket.receive({ timeout: 0 }));
    } catch {
      // There is no more, or the socket failed. Callers that publish or wait get that error.
    }
  }

  /** Reads until the signal aborts. Several of these share the messages. */
  async #read(signal: AbortSignal): Promise<never> {
    for (;;) this.#note(await this.#socket.receive({ signal, timeout: Number.POSITIVE_INFINITY }));
  }

  #note(message: Message): void {
    for (const frame of message) {
      // Other frames are messages of an XSUB to its publisher, which mean nothing here.
      if (frame[0] !== 0 && frame[0] !== 1) continue;
      const prefix = toKey(frame, 1);
      // A peer can cancel a subscription that it never made. The count must not fall below zero.
      const count = (this.#counts.get(prefix) ?? 0) + (frame[0] === 1 ? 1 : -1);
      this.#longest = Math.max(this.#longest, prefix.length);
      if (count > 0) this.#counts.set(prefix, count);
      else this.#counts.delete(prefix);
    }
    for (const look of this.#waiting) look();
  }

  #until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    return execute(signal, (resolve) => {
      const forget = () => {
        this.#waiting.delete(look);
      };
      const look = () => {
        if (!holds()) return;
        forget();
        resolve();
      };
      this.#waiting.add(look);
      return forget;
    });
  }
}
