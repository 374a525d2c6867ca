/** Servers and clients of one test, closed when it is over. */

import type { Handle } from "@awaitmq/core";
import type { RequestClientOptions, RequestHandler, ServeOptions, ServerStats } from "../../src/index.ts";
import { RequestClient, serve } from "../../src/index.ts";

const opened: AsyncDisposable[] = [];

/** Serves at an endpoint of its own. */
export function served(handler: RequestHandler, options?: ServeOptions): Handle<ServerStats> {
  const server = serve("tcp://127.0.0.1:*", handler, { grace: 0, ...options });
  opened.push(server);
  return server;
}

export function client(
  servers: Handle<ServerStats> | readonly Handle<ServerStats>[],
  options?: Partial<RequestClientOptions>,
): RequestClient {
  const endpoints = [servers].flat().flatMap(({ endpoints }) => endpoints);
  return connected({ connect: endpoints, ...options });
}

export function connected(options: RequestClientOptions): RequestClient {
  const made = new RequestClient({ timeout: 100_000, ...options });
  opened.push(made);
  return made;
}

/** For `afterEach`. */
export async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((each) => each[Symbol.asyncDispose]()));
}

/** Resolves to the reason when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    signal.addEventListener("abort", () => resolve(signal.reason));
  });
}
