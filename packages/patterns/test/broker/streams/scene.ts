/** Brokers, workers and clients of one test, closed when it is over. */

import type { Handle } from "@awaitmq/core";
import {
  type BalancedHandler,
  type BalanceOptions,
  type BalanceStats,
  balance,
  RequestClient,
  type RequestClientOptions,
  type ServeBalancedOptions,
  type ServeBalancedStats,
  serveBalanced,
} from "../../../src/index.ts";

const opened: AsyncDisposable[] = [];

export function opens<T extends AsyncDisposable>(each: T): T {
  opened.push(each);
  return each;
}

/** A broker between endpoints of its own. */
export function brokered(options?: BalanceOptions, ends = ["tcp://127.0.0.1:*", "tcp://127.0.0.1:*"]) {
  const [front, back] = ends as [string, string];
  const running: Handle<BalanceStats> = opens(balance(front, back, { grace: 0, ...options }));
  const [clientEnd, workerEnd] = running.endpoints as [string, string];
  return { running, clientEnd, workerEnd };
}

export function worker(
  endpoint: string,
  handler: BalancedHandler,
  options?: ServeBalancedOptions,
): Handle<ServeBalancedStats> {
  return opens(serveBalanced(endpoint, handler, { grace: 0, ...options }));
}

export function client(endpoint: string, options?: Partial<RequestClientOptions>): RequestClient {
  return opens(new RequestClient({ connect: endpoint, timeout: 100_000, ...options }));
}

/** A broker with one worker and one client. */
export function scene(handler: BalancedHandler, options?: ServeBalancedOptions, broking?: BalanceOptions) {
  const { running, clientEnd, workerEnd } = brokered(broking);
  return {
    broker: running,
    clientEnd,
    workerEnd,
    worker: worker(workerEnd, handler, options),
    client: client(clientEnd),
  };
}

/** For `afterEach`. What was opened last is closed first. */
export async function closeAll(): Promise<void> {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
}

/** Yields numbers without end, and tells `produced` how many so far. */
export async function* endless(produced: (count: number) => void = () => {}, ended: () => void = () => {}) {
  try {
    for (let number = 0; ; number++) {
      produced(number + 1);
      yield String(number);
    }
  } finally {
    ended();
  }
}
