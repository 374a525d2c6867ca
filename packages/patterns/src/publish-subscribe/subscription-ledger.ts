/**
 * Which subscriptions an XPUB socket has, as its peers tell of them: one message for each that begins or ends, also those of
 * a subscriber that dies, when its connection ends. zmq_setsockopt(3), ZMQ_XPUB_VERBOSER
 */

import { type Message, TimeoutError, type WaitOptions, type XPublisher } from "@awaitmq/core";
import { longestTimer } from "@awaitmq/core/internals";
import { race } from "../concurrency/scope.ts";
import { type RawTopic, rawTopic } from "./topic.ts";

/** Milliseconds between two readings while nobody waits. */
const interval = 50;
/** The most messages that are read at one go. */
const most = 10_000;

const ledgers = new WeakMap<XPublisher, SubscriptionLedger>();

export class SubscriptionLedger {
  readonly #socket: XPublisher;
  /** How often each prefix is subscribed to. */
  readonly #counts = new Map<RawTopic, number>();
  /** Told of each change. */
  readonly #waiting = new Set<() => void>();
  #lastRead = 0;
  #reading: Promise<void> | undefined;

  private constructor(socket: XPublisher) {
    this.#socket = socket;
    socket.verbosity = "allSubsUnsubs";
  }

  /** The one ledger of a socket: what one reader has read another can't. */
  static of(socket: XPublisher): SubscriptionLedger {
    let ledger = ledgers.get(socket);
    if (ledger === undefined) {
      ledger = new SubscriptionLedger(socket);
      ledgers.set(socket, ledger);
    }
    return ledger;
  }

  /** How many subscriptions take everything that begins with this. */
  count(topic: RawTopic): number {
    let count = 0;
    for (let length = 0; length <= topic.length; length++) count += this.#counts.get(topic.slice(0, length)) ?? 0;
    return count;
  }

  /**
   * Resolves when `count` subscriptions or more take the topic.
   *
   * @throws TimeoutError, ClosedError, `signal.reason`
   */
  async reaches(
    topic: string,
    count: number,
    { signal, timeout = Number.POSITIVE_INFINITY }: WaitOptions,
  ): Promise<void> {
    signal?.throwIfAborted();
    const raw = rawTopic(topic);
    await this.#readAll();
    if (this.count(raw) >= count) return;
    await race<void>(signal, (inner) => [
      this.#read(inner),
      this.#until(() => this.count(raw) >= count, inner),
      expire(timeout, inner, () => {
        const sentence = `Topic ${JSON.stringify(topic)} had ${this.count(raw)} of ${count} subscriptions after ${timeout} ms`;
        return new TimeoutError(sentence);
      }),
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
      for (let read = 0; read < most; read++) this.#note(await this.#socket.receive({ timeout: 0 }));
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
      const prefix = frame.toString("latin1", 1);
      // A peer can take back what it never asked for; that may not count for less than nothing.
      const count = (this.#counts.get(prefix) ?? 0) + (frame[0] === 1 ? 1 : -1);
      if (count > 0) this.#counts.set(prefix, count);
      else this.#counts.delete(prefix);
    }
    for (const look of this.#waiting) look();
  }

  #until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const look = () => {
        if (holds()) resolve();
      };
      const abort = () => {
        this.#waiting.delete(look);
        reject(signal.reason);
      };
      this.#waiting.add(look);
      // The race aborts all when one of them has settled.
      signal.addEventListener("abort", abort, { once: true });
    });
  }
}

function expire(timeout: number, signal: AbortSignal, error: () => TimeoutError): Promise<never> {
  return new Promise((_, reject) => {
    const timer = timeout <= longestTimer ? setTimeout(() => reject(error()), timeout) : undefined;
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
