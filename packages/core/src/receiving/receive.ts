/** One receive: its wait, and the end of the wait. */

import type { TimeoutError } from "../errors.ts";
import type { NativeHolder } from "../native/native.ts";
import { nextTurn, turnIsOver } from "../waiting/loop-budget.ts";
import { checkGiven } from "../waiting/option-table.ts";
import { raise } from "../waiting/raise.ts";
import { both, onGivingUp, type WaitOptions, waitRules } from "../waiting/wait-options.ts";
import type { Inbox } from "./inbox.ts";

/** Receives a message. `owner` is for `leaveAll` of the inbox. */
export function receive<T>(inbox: Inbox<T>, options?: WaitOptions, owner?: object): Promise<T> {
  try {
    if (options !== undefined) checkGiven("receive", waitRules, options);
  } catch (error) {
    return Promise.reject(error);
  }
  const signal = options?.signal;
  const timeout = options?.timeout ?? (inbox.timeout < 0 ? Number.POSITIVE_INFINITY : inbox.timeout);
  if (signal?.aborted) return Promise.reject(signal.reason);
  // Separate functions: closures here would cost every receive the memory that they keep.
  if (signal === undefined && timeout === Number.POSITIVE_INFINITY) return receiveInTheEnd(inbox);
  return timeout === 0 ? receiveNow(inbox, signal, owner) : receiveInTime(inbox, signal, timeout, owner);
}

function receiveInTheEnd<T>(inbox: Inbox<T>): Promise<T> {
  return new Promise((resolve, reject) => inbox.request(resolve, reject));
}

function receiveInTime<T>(
  inbox: Inbox<T>,
  signal: AbortSignal | undefined,
  timeout: number,
  owner: object | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => ask(inbox, { signal, timeout }, owner, resolve, reject));
}

function receiveNow<T>(inbox: Inbox<T>, signal: AbortSignal | undefined, owner: object | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const look = () => {
      // So a program that polls in a loop does not starve timers, and the read below comes before its timer of 0 ms.
      if (turnIsOver()) void nextTurn().then(look);
      else if (signal?.aborted) reject(signal.reason);
      else if (inbox.ready || inbox.closed) ask(inbox, { signal, timeout: 0 }, owner, resolve, reject);
      else {
        inbox.miss();
        reject(timeoutError(inbox.socket, 0));
      }
    };
    look();
  });
}

/** Settles only through the callbacks. With promises in between, a later message could reach its reader sooner. */
function ask<T>(
  inbox: Inbox<T>,
  { signal, timeout }: WaitOptions & { readonly timeout: number },
  owner: object | undefined,
  resolve: (message: T | Promise<never>) => void,
  reject: (error: unknown) => void,
): void {
  const forget = timeout === Number.POSITIVE_INFINITY ? undefined : inbox.socket.expectTimeout();
  const reader = inbox.request(
    (message) => {
      release();
      resolve(message);
    },
    (error) => {
      release();
      reject(error);
    },
    owner ?? inbox,
  );
  const giveUp = (reason: unknown, raised?: Promise<never>) => {
    forget?.();
    inbox.leave(reader);
    if (raised === undefined) reject(reason);
    else resolve(raised);
  };
  const end = onGivingUp({ signal, timeout }, giveUp, () =>
    giveUp(undefined, raise(timeoutError(inbox.socket, timeout))),
  );
  const release = both(end, forget);
}

function timeoutError(socket: NativeHolder, timeout: number): TimeoutError {
  return socket.timeoutError(`No message arrived on the ${socket.name} socket within ${timeout} ms`, "receive");
}
