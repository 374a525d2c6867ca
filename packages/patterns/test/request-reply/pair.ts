/** Servers and clients of one test, closed when it is over. */

import type { RequestClientOptions, RequestHandler, ServeOptions, Server } from "../../src/index.ts";
import { RequestClient, serve } from "../../src/index.ts";

const opened: AsyncDisposable[] = [];

/** Serves at an endpoint of its own. */
export function served(handler: RequestHandler, options?: ServeOptions): Server {
  const server = serve("tcp://127.0.0.1:*", handler, { grace: 0, ...options });
  opened.push(server);
  return server;
}

export function client(servers: Server | readonly Server[], options?: Partial<RequestClientOptions>): RequestClient {
  const endpoints = [servers].flat().flatMap(({ endpoints }) => endpoints);
  return connected({ connect: endpoints, ...options });
}

export function connected(options: RequestClientOptions): RequestClient {
  const made = new RequestClient({ timeout: 20_000, ...options });
  opened.push(made);
  return made;
}

/** For `afterEach`. */
export async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((each) => each[Symbol.asyncDispose]()));
}

/** A promise, and what settles it. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

export function gate(): Gate {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened: passed, open };
}

/** Resolves to the reason when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    signal.addEventListener("abort", () => resolve(signal.reason));
  });
}
