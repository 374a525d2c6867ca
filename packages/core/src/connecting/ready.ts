/** Waiting for peers, so that no message is lost because a subscriber has not joined yet. */

import { closedError, TimeoutError } from "../errors.ts";
import { count, type Rules, readOptions } from "../waiting/option-table.ts";
import { raise } from "../waiting/raise.ts";
import { onGivingUp, type WaitOptions, waitRules } from "../waiting/wait-options.ts";
import type { Monitor } from "./monitor.ts";

/**
 * Options of `ready`: how many peers to wait for, and how long.
 *
 * @category Connecting
 */
export interface ReadyOptions extends WaitOptions {
  /** Number of peers to wait for, a whole number of 1 or more. @default 1 */
  readonly peers?: number | undefined;
}

/** The state of a socket that `ready` reads. */
export interface PeerView {
  readonly name: string;
  /** Whether the monitor was started late, so that earlier refusals are unknown. */
  watchedLate: boolean;
  /** To be called when a wait has a timeout. Call the result when the wait ends. */
  expectTimeout(): (() => void) | undefined;
  timeoutError(sentence: string, action: "ready"): TimeoutError;
  readonly monitor: Monitor;
  readonly closed: boolean;
  /** Whether all endpoints are `inproc://`, which has neither handshakes nor events. */
  readonly isInproc: boolean;
  readonly inprocPeers: number;
  /** Whether the socket itself shows that it has a peer, without its monitor. */
  readonly hasPeer: boolean;
  /** Whether a failed handshake concerns this side, rather than a stranger who tried to connect. */
  failsWith(reason: "protocol" | "auth" | "other"): boolean;
  /** Connects again, so that an earlier refusal is reported again if it persists. False if that is not possible. */
  tryAgain(): boolean;
  /** The number of different subscriptions, on sockets that publish, if the build of libzmq reports it. */
  readonly subscriptions: number | undefined;
}

/** Milliseconds between two polls of state that no event reports. */
const interval = 5;
/** Milliseconds for a handshake that began before the monitor started. After that it counts as refused. */
const longestHandshake = 100;
/** Milliseconds that a publisher waits for a first subscription after the handshake. */
const longestForSubscription = 200;
/** Milliseconds without a new subscription after which all of several subscribers are assumed to have sent theirs. */
const quiet = 20;
/** Milliseconds after which the wait ends even if new subscriptions keep arriving. */
const longestUnrest = 1_000;

const rules = { ...waitRules, peers: count(1, 1) } satisfies Rules<ReadyOptions>;

export async function waitUntilReady(view: PeerView, options: ReadyOptions = {}): Promise<void> {
  const { peers, signal, timeout } = readOptions("ready", rules, options);
  signal?.throwIfAborted();
  if (view.closed) throw closedError("wait for peers", `${view.name} socket`);
  const hasEnough = () => view.monitor.peers + view.inprocPeers >= peers || (peers === 1 && view.hasPeer);
  const hasSubscriptions = subscriptionWatch(view, peers);
  const release = timeout === undefined ? undefined : view.expectTimeout();
  await new Promise<void>((resolve, reject) => {
    let stop: (() => void) | undefined;
    let again: NodeJS.Timeout | undefined;
    const poll = setInterval(() => check(), interval);
    const forget = onGivingUp({ signal, timeout }, finish, () => finish(timeoutError(view, peers, timeout)));
    function finish(error?: unknown): void {
      stop?.();
      clearInterval(poll);
      clearTimeout(again);
      forget();
      release?.();
      if (error === undefined) resolve();
      else if (error instanceof TimeoutError) resolve(raise(error));
      else reject(error);
    }
    function check(): void {
      if (view.closed) finish(closedError("wait for peers", `${view.name} socket`));
      else if (hasEnough() && hasSubscriptions()) finish();
      else if (!view.isInproc && stop === undefined) watch();
    }
    function watch(): void {
      try {
        if (!view.monitor.started || view.watchedLate) again = setTimeout(() => view.tryAgain(), longestHandshake);
        view.watchedLate = false;
        const { refusal } = view.monitor;
        if (refusal !== undefined && view.failsWith(refusal.reason) && !view.tryAgain()) throw refusal;
        const release = view.monitor.attend(view);
        const deafen = view.monitor.listen((event) => {
          if (event.type === "end") finish(closedError("wait for peers", `${view.name} socket`));
          else if ("error" in event && "reason" in event.error && view.failsWith(event.error.reason))
            finish(event.error);
          else check();
        });
        stop = () => {
          deafen();
          release();
        };
      } catch (error) {
        finish(error);
      }
    }
    check();
  });
}

/**
 * A subscription arrives one network round trip after its subscriber's handshake. A publisher that sends in between still loses messages.
 */
function subscriptionWatch(view: PeerView, peers: number): () => boolean {
  let since: number | undefined;
  let last = 0;
  let changed = 0;
  return () => {
    const count = view.subscriptions;
    if (count === undefined) return true;
    const now = performance.now();
    since ??= now;
    if (count !== last) {
      last = count;
      changed = now;
    }
    if (count === 0) return now - since >= longestForSubscription;
    return peers === 1 || now - changed >= quiet || now - since >= longestUnrest;
  };
}

function timeoutError(view: PeerView, peers: number, timeout: number | undefined): TimeoutError {
  return view.timeoutError(
    `The ${view.name} socket had fewer than ${peers} ${peers === 1 ? "peer" : "peers"} ready after ${timeout} ms`,
    "ready",
  );
}
