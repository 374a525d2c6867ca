/** A worker of the broker that `balance` is. */

import { Dealer, type Frame, type Message, type Sendable } from "@awaitmq/core";
import { checkOptions } from "@awaitmq/core/internals";
import { checkAbortSignal, checkCount, checkFunction, checkMilliseconds } from "../concurrency/check.ts";
import { claim } from "../concurrency/claim.ts";
import { inLanes } from "../concurrency/lanes.ts";
import { lingering } from "../concurrency/lingering.ts";
import { asFrames } from "../message/as-frames.ts";
import { leaveMessage, parseRequest, readyMessage } from "./balance-protocol.ts";

/** What a handler is told besides the request. */
export interface BalancedContext {
  /** Aborted when the worker is: a handler that can end early does so, one that ignores it is waited for. */
  readonly signal: AbortSignal;
}

/** Answers a request, of which it gets the body. */
export type BalancedHandler = (request: Message, context: BalancedContext) => Sendable | Promise<Sendable>;

/** How many requests a worker works on at once, and what ends it. */
export interface ServeBalancedOptions {
  /** How many requests are handled at once, and so the most that the broker sends before a reply, a whole number from 1 to 9 999 999. @default 1 */
  readonly concurrency?: number | undefined;
  /** Ends the worker. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that replies may still wait after an abort, 0 or more; then they are dropped. @default 2_000 */
  readonly linger?: number | undefined;
  /**
   * What to reply when a handler fails or gives what can't be sent. What it throws itself ends the worker, whose requests
   * then go to others. @default one empty frame
   */
  readonly onError?: ((error: unknown, request: Message) => Sendable | Promise<Sendable>) | undefined;
}

const names = { concurrency: true, signal: true, linger: true, onError: true } as const;

/**
 * Announces the dealer to the one broker that it connects to, again whenever the connection is new, and answers requests, at most `concurrency` at
 * a time. Resolves when the socket closes, rejects with `signal.reason` when aborted, or with the first failure; each time
 * after the handlers that ran have ended and, but for the socket that is closed, their replies were sent. The socket stays open.
 *
 * When it is aborted it begins no further request, tells the broker to send no more, and in the end that it has left: the broker then gives what
 * was not begun to others. Such requests may still come out of the dealer, so close it, or serve on with it: its replies to them are
 * dropped. Requests that are not in the form of the broker are dropped.
 *
 * @throws TypeError, RangeError, InUseError, ClosedError
 */
export async function serveBalanced(
  dealer: Dealer,
  handler: BalancedHandler,
  options: ServeBalancedOptions = {},
): Promise<void> {
  if (!(dealer instanceof Dealer)) throw new TypeError("serveBalanced takes a Dealer");
  checkOptions("serveBalanced", options, names);
  const { concurrency = 1, signal, linger = 2_000, onError = () => null } = options;
  checkFunction("handler", handler);
  checkCount("concurrency", concurrency, 1);
  if (concurrency > mostConcurrency)
    throw new RangeError(`concurrency must be at most ${mostConcurrency}, got ${concurrency}`);
  checkMilliseconds("linger", linger);
  checkFunction("onError", onError);
  checkAbortSignal(signal);
  signal?.throwIfAborted();

  const context: BalancedContext = { signal: signal ?? new AbortController().signal };
  const patience = lingering(signal, linger);

  async function perform(message: Message): Promise<void> {
    const request = parseRequest(message);
    if (request === undefined) return;
    const { envelope, body } = request;
    const reply = async (answer: Sendable) => {
      try {
        await dealer.send([...envelope, ...asFrames(answer)], { signal: patience.signal });
      } catch (error) {
        // Its end is known, and no failure.
        if (!dealer.closed) throw error;
      }
    };
    let answer: Sendable;
    try {
      answer = await handler(body, context);
    } catch (error) {
      return reply(await onError(error, body));
    }
    try {
      await reply(answer);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      await reply(await onError(error, body));
    }
  }

  const release = claim(dealer, "serveBalanced");
  const announcement = new Announcement(dealer, concurrency);
  const withdraw = () => announcement.withdraw(linger);
  signal?.addEventListener("abort", withdraw);
  try {
    await inLanes(dealer, { count: concurrency, perform, signal });
  } finally {
    signal?.removeEventListener("abort", withdraw);
    await announcement.leave(linger);
    patience.release();
    release();
  }
}

/** The largest number that the protocol has room for. */
const mostConcurrency = 9_999_999;

/** Keeps the broker informed of how much this worker takes. */
class Announcement {
  readonly #dealer: Dealer;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;
  #withdrawn: Promise<void> | undefined;

  constructor(dealer: Dealer, concurrency: number) {
    this.#dealer = dealer;
    const { signal } = this.#stop;
    const announce = () => dealer.send(readyMessage(concurrency), { signal });
    const repeat = async () => {
      for await (const event of dealer.events({ signal })) if (event.type === "handshake") await announce();
    };
    // They fail when this stops or the socket closes, of which the receiving side knows.
    this.#running = Promise.allSettled([announce(), repeat()]);
  }

  /** Asks for no more. */
  withdraw(timeout: number): void {
    this.#stop.abort();
    this.#withdrawn ??= this.#tell(readyMessage(0), timeout);
  }

  /** Says goodbye, within so many milliseconds; without a connection the broker knows. */
  async leave(timeout: number): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#withdrawn;
    if (!this.#dealer.closed) await this.#tell([...leaveMessage], timeout);
  }

  #tell(message: Frame[], timeout: number): Promise<void> {
    return this.#dealer.send(message, { timeout }).catch(() => {});
  }
}
