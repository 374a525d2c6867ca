/** Servers that a client connects to: fixed endpoints, or sets that change over time. */

import { checkEndpoints } from "../check.ts";

/**
 * One endpoint, several, or an async iterable whose items are the current set of endpoints.
 *
 * Each set replaces the one before: missing endpoints are disconnected, and new ones connected. An empty set
 * disconnects all. When the iterable ends, the last set stays. When it throws, the last set stays too, with a process
 * warning.
 *
 * An endpoint that cannot be connected holds up no other. It causes one process warning, and is retried with each set
 * that contains it. An item that is not a set of strings causes a process warning, and changes nothing. If the iterator
 * has a method `unref`, as that of {@link dns} does, it is called: waiting for the next set then does not keep the
 * process alive.
 *
 * @category Endpoints
 */
export type Servers = string | readonly string[] | AsyncIterable<string | readonly string[]>;

/** What connects and disconnects. */
export interface Connecting {
  connect(endpoint: string): void;
  disconnect(endpoint: string): unknown;
}

/**
 * @param takes the start of the error: what takes servers, and a verb
 * @throws TypeError
 */
export function checkServers(takes: string, value: unknown): Servers {
  return isSource(value) ? value : checkEndpoints(takes, value);
}

/**
 * Connects to servers, and follows their sets. Returns a function that ends this.
 *
 * @throws AddressError for fixed endpoints
 */
export function follow(servers: Servers, connecting: Connecting): () => void {
  if (!isSource(servers)) {
    for (const endpoint of typeof servers === "string" ? [servers] : servers) connecting.connect(endpoint);
    return () => {};
  }
  const iterator: AsyncIterator<string | readonly string[]> & { unref?(): void } = servers[Symbol.asyncIterator]();
  iterator.unref?.();
  const present = new Set<string>();
  /** Endpoints of the last set that could not be connected, and for which a warning was emitted. */
  const refused = new Set<string>();
  let isOver = false;
  void run();
  return () => {
    isOver = true;
    void (async () => iterator.return?.())().catch(() => {});
  };

  async function run(): Promise<void> {
    try {
      for (;;) {
        const step = await iterator.next();
        if (isOver || step.done) return;
        change(step.value);
      }
    } catch (error) {
      if (!isOver) warn("The source of endpoints failed. Its last set stays in use", error);
    }
  }

  function change(set: unknown): void {
    const next = readSet(set);
    if (next === undefined) return;
    for (const endpoint of refused) if (!next.has(endpoint)) refused.delete(endpoint);
    for (const endpoint of next) if (!present.has(endpoint)) connect(endpoint);
    for (const endpoint of present) if (!next.has(endpoint)) void disconnect(endpoint);
  }

  function connect(endpoint: string): void {
    try {
      connecting.connect(endpoint);
      present.add(endpoint);
      refused.delete(endpoint);
    } catch (error) {
      if (!refused.has(endpoint)) warn("An endpoint is left out, and is retried with the next set", error);
      refused.add(endpoint);
    }
  }

  async function disconnect(endpoint: string): Promise<void> {
    present.delete(endpoint);
    try {
      await connecting.disconnect(endpoint);
    } catch {
      // The caller has already disconnected it, or closed the client.
    }
  }
}

/** Undefined, with a warning, for something that is not a set. */
function readSet(set: unknown): Set<string> | undefined {
  if (Array.isArray(set) && set.length === 0) return new Set();
  try {
    return new Set(checkEndpoints("A set of servers must be", set));
  } catch (error) {
    warn("A set of endpoints is wrong. The last set stays in use", error);
    return undefined;
  }
}

function isSource(value: unknown): value is AsyncIterable<string | readonly string[]> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function warn(what: string, error: unknown): void {
  process.emitWarning(`${what}: ${error instanceof Error ? error.message : String(error)}`, {
    type: "awaitmq",
    code: "AWAITMQ_SERVERS",
  });
}
