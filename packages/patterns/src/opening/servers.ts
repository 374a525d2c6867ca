/** Servers that a client connects to: endpoints that stay, or sets of them that come and go. */

import { checkEndpoints } from "../check.ts";

/**
 * One endpoint, several, or sets of them: each that comes names all there are from then on, so that those which it does not name are left, and the new
 * ones connected to; an empty one leaves all. An endpoint that can't be connected to holds up no other: it is a process warning, once, and is tried again
 * with each set that names it. A value that is no set of strings is a process warning, and changes nothing. A source that ends leaves the last set as it
 * is; one that throws does too, with a process warning. Where its iterator has a method `unref`, as that of `dns` has, it is called: to wait for the next
 * set keeps no process alive.
 */
export type Servers = string | readonly string[] | AsyncIterable<string | readonly string[]>;

/** What connects. */
export interface Connecting {
  connect(endpoint: string): void;
  disconnect(endpoint: string): unknown;
}

/**
 * @param takes what is to be given, with a verb
 * @throws TypeError
 */
export function checkServers(takes: string, value: unknown): Servers {
  return isSource(value) ? value : checkEndpoints(takes, value);
}

/**
 * Connects to servers, and goes with those that come and go. Returns what to call in the end.
 *
 * @throws AddressError for endpoints that stay
 */
export function follow(servers: Servers, connecting: Connecting): () => void {
  if (!isSource(servers)) {
    for (const endpoint of typeof servers === "string" ? [servers] : servers) connecting.connect(endpoint);
    return () => {};
  }
  const iterator: AsyncIterator<string | readonly string[]> & { unref?(): void } = servers[Symbol.asyncIterator]();
  iterator.unref?.();
  const present = new Set<string>();
  /** Those of the last set that could not be connected to, which has been told. */
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
      if (!isOver) warn("The source of endpoints failed, and those it named last stay", error);
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
      if (!refused.has(endpoint)) warn("An endpoint is left out, and is tried again with the next set", error);
      refused.add(endpoint);
    }
  }

  async function disconnect(endpoint: string): Promise<void> {
    present.delete(endpoint);
    try {
      await connecting.disconnect(endpoint);
    } catch {
      // The caller has left it already, or has closed what connects.
    }
  }
}

/** Undefined for what is none, which is told. */
function readSet(set: unknown): Set<string> | undefined {
  if (Array.isArray(set) && set.length === 0) return new Set();
  try {
    return new Set(checkEndpoints("A set of servers has", set));
  } catch (error) {
    warn("A set of endpoints is wrong, and those named last stay", error);
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
