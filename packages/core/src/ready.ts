/** Waiting for peers: the cure for messages lost to a subscriber that has not joined yet. */

import { ClosedError, TimeoutError } from "./errors.ts";
import type { Monitor } from "./monitor.ts";
import { checkSignal, checkTimeout, onGivingUp, type WaitOptions } from "./wait-options.ts";

/** How many peers to wait for, and for how long. */
export interface ReadyOptions extends WaitOptions {
  /** How many peers to wait for, a whole number, 1 or more. @default 1 */
  readonly peers?: number | undefined;
}

/** What a socket knows of its peers. */
export interface PeerView {
  readonly name: string;
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

export async function waitUntilReady(view: PeerView, { peers = 1, signal, timeout }: ReadyOptions = {}): Promise<void> {
  if (!Number.isInteger(peers) || peers < 1)
    throw new RangeError(`peers must be a whole number, 1 or more, got ${peers}`);
  if (timeout !== undefined) checkTimeout(timeout);
  if (signal !== undefined) checkSignal(signal);
  signal?.throwIfAborted();
  if (view.closed) throw closedError(view);
  const hasEnough = () => view.monitor.peers + view.inprocPeers >= peers || (peers === 1 && view.hasPeer);
  const hasSubscriptions = subscriptionWatch(view, peers);
  await new Promise<void>((resolve, reject) => {
    let stop: (() => void) | undefined;
    let again: NodeJS.Timeout | undefined;
    const poll = setInterval(() => check(), interval);
    const forget = onGivingUp({ signal, timeout }, finish, () =>
      finish(new TimeoutError(`The ${view.name} socket had fewer than ${peers} peers ready after ${timeout} ms`)),
    );
    function finish(error?: unknown): void {
      stop?.();
      clearInterval(poll);
      clearTimeout(again);
      forget();
      if (error === undefined) resolve();
      else reject(error);
    }
    function check(): void {
      if (view.closed) finish(closedError(view));
      else if (hasEnough() && hasSubscriptions()) finish();
      else if (!view.isInproc && stop === undefined) watch();
    }
    function watch(): void {
      try {
        if (!view.monitor.started) again = setTimeout(() => view.tryAgain(), longestHandshake);
        const { refusal } = view.monitor;
        if (refusal !== undefined && view.failsWith(refusal.reason) && !view.tryAgain()) throw refusal;
        const release = view.monitor.attend();
        const deafen = view.monitor.listen((event) => {
          if (event.type === "end") finish(closedError(view));
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
    return peers === 1 || now - changed >= quiet;
  };
}

function closedError(view: PeerView): ClosedError {
  return new ClosedError(`Cannot wait for peers: the ${view.name} socket is closed`);
}
