/** Servers, clients and brokers of one test, closed when it is over. */

import type { Handle } from "@awaitmq/core";
import {
  type BalanceOptions,
  balance,
  RequestClient,
  type RequestClientOptions,
  type SchemaError,
  type ServeBalancedOptions,
  type ServeBalancedStats,
  type ServeOptions,
  type ServerStats,
  serve,
  serveBalanced,
} from "@awaitmq/patterns";
import { eventually } from "@awaitmq/testing";
import type { AnyContract } from "../src/contract/contract.ts";
import {
  type Handlers,
  type ImplementOptions,
  implement,
  type Remote,
  type RemoteOptions,
  remote,
  type ServicesHandler,
  services,
} from "../src/index.ts";

const opened: AsyncDisposable[] = [];

function opens<T extends AsyncDisposable>(each: T): T {
  opened.push(each);
  return each;
}

/** Serves at an endpoint of its own. */
export function served(handler: ServicesHandler, options?: ServeOptions): Handle<ServerStats> {
  return opens(serve("tcp://127.0.0.1:*", handler, { grace: 0, ...options }));
}

/** A client of servers. Its default timeout is longer than a busy machine needs. */
export function connected(
  to: Handle<unknown> | readonly Handle<unknown>[] | string,
  options?: Partial<RequestClientOptions>,
): RequestClient {
  const connect = typeof to === "string" ? to : [to].flat().flatMap((each) => (each as Handle<unknown>).endpoints);
  return opens(new RequestClient({ connect, timeout: 100_000, ...options }));
}

/** A broker between endpoints of its own. */
export function brokered(options?: BalanceOptions) {
  const running = opens(balance("tcp://127.0.0.1:*", "tcp://127.0.0.1:*", { grace: 0, ...options }));
  const [clientEnd, workerEnd] = running.endpoints as [string, string];
  return { running, clientEnd, workerEnd };
}

export function worker(
  endpoint: string,
  handler: ServicesHandler,
  options?: ServeBalancedOptions,
): Handle<ServeBalancedStats> {
  return opens(serveBalanced(endpoint, handler, { grace: 0, ...options }));
}

/** The options of all parts of a {@link scene}. */
export interface SceneOptions {
  readonly implement?: ImplementOptions;
  readonly serve?: ServeOptions;
  readonly client?: Partial<RequestClientOptions>;
  readonly remote?: RemoteOptions;
}

/** One server of one contract, and a client of it. */
export function scene<C extends AnyContract>(contract: C, handlers: Handlers<C>, options: SceneOptions = {}) {
  const server = served(services(implement(contract, handlers, options.implement)), options.serve);
  const client = connected(server, options.client);
  const calls: Remote<C> = remote(contract, client, options.remote);
  return { server, client, calls };
}

/** For `afterEach`. What was opened last is closed first. */
export async function closeAll(): Promise<void> {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
}

/** Resolves when no handler runs any more. */
export async function isQuiet(server: Handle<{ readonly running: number }>): Promise<void> {
  await eventually(() => server.stats.running === 0, { message: "A handler never ended" });
}

/** All items of a stream. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** An error of any of the classes that calls reject with. */
export interface Caught extends Error {
  readonly code?: string;
  readonly issues: SchemaError["issues"];
  readonly data?: unknown;
  readonly remoteCode?: string;
  readonly remoteName?: string;
  readonly methods: readonly string[];
}

/** What a promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<Caught> {
  return promise.then(
    (value) => {
      throw new Error(`It resolved to ${String(value)}`);
    },
    (error) => error,
  );
}

/** Resolves to the reason when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    signal.addEventListener("abort", () => resolve(signal.reason));
  });
}
