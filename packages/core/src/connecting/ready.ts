/** Waiting for peers: the cure for messages lost to a subscriber that has not joined yet. */

import { closedError, TimeoutError } from "../errors.ts";
import { count, type Rules, readOptions } from "../waiting/option-table.ts";
import { raise } from "../waiting/raise.ts";
import { onGivingUp, type WaitOptions, waitRules } from "../waiting/wait-options.ts";
import type { Monitor } from "./monitor.ts";

/** How many peers to wait for, and for how long. */
export interface ReadyOptions extends WaitOptions {
  /** How many peers to wait for, a whole number, 1 or more. @default 1 */
  readonly peers?: number | undefined;
}

/** What a socket knows of its peers. */
export interface PeerView {
  readonly name: string;
  /** Whether the monitor was started late, after which a refusal that came before is not known. */
  watchedLate: boolean;
  /** Somebody waits for so long and no longer. */
  expectTimeout(): (() => void) | undefined;
  timeoutError(sentence: string, action: "ready"): TimeoutError;
  readonly monitor: Monitor;
  readonly closed: boolean;
  /** Whether all its endpoints are `inproc://`, which has neither handshakes nor events. */
  readonly isInproc: boolean;
  readonly inprocPeers: number;
  /** Whether the socket itself shows that it has a peer. */
  readonly hasPeer: boolean;
  /** Whether a failed handshake is this side's own failure, and not that of a stranger who knocked. */
  failsWith(reason: "protocol" | "auth" | "other"): boolean;
  /** Has a refusal that came before come again, or not any more; false where that can't be. */
  tryAgain(): boolean;
  /** On sockets that publish, where the build tells: how many different subscriptions there are. */
  readonly subscriptions: number | undefined;
}

/** Milliseconds between two looks at what no event tells of. */
const interval = 5;
/** Milliseconds that a handshake may take which began before there was a monitor; then it is taken for refused. */
const longestHandshake = 100;
/** Milliseconds that a publisher waits, after the handshake, for a first subscription to follow it. */
const longestForSubscription = 200;
/** Milliseconds without a new subscription after which several subscribers are taken to have sent theirs. */
const quiet = 20;
/** Milliseconds after which subscriptions that go on coming are waited for no longer. */
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
 * A subscription follows its subscriber's handshake by one network round trip: a publisher that sent in between would
 * still lose messages.
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
  return view.timeoutError(`The ${view.name} socket had fewer than ${peers} peers ready after ${timeout} ms`, "ready");
}
