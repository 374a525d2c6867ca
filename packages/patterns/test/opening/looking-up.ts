/** What the tests of `dns` share: look-ups by a name server of their own, and the warnings that come of them. */

import { Resolver } from "node:dns/promises";
import { type DnsServer, eventually, type SrvAnswer } from "@awaitmq/testing";
import { afterAll, beforeAll, vi } from "vitest";
import { type DnsOptions, dns } from "../../src/index.ts";

export const over = { done: true, value: undefined };

/** Has names be looked up in one search domain, and none of the machine's own, and returns a function that gives the warnings which speak of a name. */
export function lookingUp(): (name: string) => readonly Error[] {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  beforeAll(() => {
    process.on("warning", note);
    vi.stubEnv("LOCALDOMAIN", "cluster.test");
  });
  afterAll(() => {
    process.off("warning", note);
    vi.unstubAllEnvs();
  });
  return (name) => warnings.filter(({ message }) => message.includes(name));
}

export function asks(server: DnsServer, timeout = 60_000): Resolver {
  const resolver = new Resolver({ timeout, tries: 1 });
  resolver.setServers([server.address]);
  return resolver;
}

/** The sets of a name, looked up without much of a pause. */
export function setsOf(
  server: DnsServer,
  endpoint: string,
  options: DnsOptions = {},
): AsyncIterator<readonly string[]> {
  return dns(endpoint, { every: 20, resolver: asks(server), ...options })[Symbol.asyncIterator]();
}

/** Resolves after so many more queries. */
export async function queried(server: DnsServer, more: number): Promise<void> {
  const enough = server.queries.length + more;
  await eventually(() => server.queries.length >= enough);
}

export function srv(name: string, port: number, priority = 1): SrvAnswer {
  return { name, port, priority, weight: 0 };
}
