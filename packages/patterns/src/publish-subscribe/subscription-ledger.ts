/**
 * Which subscriptions an XPUB socket has, as its peers tell of them: one message for each that begins or ends, also those of
 * a subscriber that dies, when its connection ends. zmq_setsockopt(3), ZMQ_XPUB_VERBOSER
 */

import { type Message, TimeoutError, type WaitOptions, type XPublisher } from "@awaitmq/core";
import { onGivingUp, toKey } from "@awaitmq/core/internals";
import { execute, race } from "abort-controller-x";
import { TooLateError } from "../errors.ts";
import { type RawTopic, rawTopic } from "./topic.ts";

/** Milliseconds between two readings while nobody waits. */
const interval = 50;
/** The most messages that are read at one go. */
const mostAtOnce = 10_000;

const ledgers = new WeakMap<XPublisher, SubscriptionLedger>();

export class SubscriptionLedger {
  readonly #socket: XPublisher;
  /** How often each prefix is subscribed to. */
  readonly #counts = new Map<RawTopic, number>();
  /** No prefix is longer. */
  #longest = 0;
  /** Told of each change. */
  readonly #waiting = new Set<() => void>();
  #lastRead = 0;
  #reading: Promise<void> | undefined;

  private constructor(socket: XPublisher) {
    this.#socket = socket;
    socket.verbosity = "allSubsUnsubs";
  }

  /**
   * The one ledger of a socket: what one reader has read another can't.
   *
   * @throws TooLateError for a socket without one that has endpoints: of a prefix that several ask for it may have been told only once
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

  /** How many subscriptions take everything that begins with this. */
  count(topic: string): number {
    // A character has one byte or more: what the longest prefix may be is in the first so many, the second half of a pair included.
    const raw = rawTopic(topic.slice(0, this.#longest + 1));
    const most = Math.min(raw.length, this.#longest);
    let count = 0;
    for (let length = 0; length <= most; length++) count += this.#counts.get(raw.slice(0, length)) ?? 0;
    return count;
  }

  /**
   * Resolves when `count` subscriptions or more take the topic.
   *
   * @param end gives up too
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
   * Reads what has come, where the last reading was some time ago: libzmq keeps all that nobody reads. To be called whenever the
   * socket is used, for it takes note of subscriptions only then. No receive waits in between, which would keep the process
   * alive. Never rejects.
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
      // There is no more; or the socket fails, which those learn who publish on it or wait.
    }
  }

  /** Reads until it is aborted. Any number of these share the messages. */
  async #read(signal: AbortSignal): Promise<never> {
    for (;;) this.#note(await this.#socket.receive({ signal, timeout: Number.POSITIVE_INFINITY }));
  }

  #note(message: Message): void {
    for (const frame of message) {
      // Other frames are messages of an XSUB to its publisher, which have no meaning here.
      if (frame[0] !== 0 && frame[0] !== 1) continue;
      const prefix = toKey(frame, 1);
      // A peer can take back what it never asked for; that may not count for less than nothing.
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
