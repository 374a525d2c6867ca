/** One look-up of a name: its endpoints, by A and AAAA records or by SRV records. */

import type { Resolver } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { searchedNames } from "./searched-names.ts";

export interface DnsQuestion {
  readonly name: string;
  /** Undefined for SRV records, which have their own. */
  readonly port: number | undefined;
  readonly family: 0 | 4 | 6;
  readonly resolver: Resolver;
  /** Nothing more is asked once it is aborted. What is being asked is for `resolver.cancel()`. */
  readonly signal: AbortSignal;
}

/**
 * Resolves to endpoints, sorted and each once: none where the name servers say that there is no such name, or none with such records. Rejects with what
 * node:dns failed by.
 */
export async function endpointsOf(question: DnsQuestion): Promise<readonly string[]> {
  const { name, port, resolver } = question;
  const names = searchedNames(name, await readFile("/etc/resolv.conf", "utf8").catch(() => ""), process.env);
  const endpoints =
    port === undefined
      ? await ofRecords(question, await firstFound(names, (each) => ask(question, () => resolver.resolveSrv(each))))
      : (await firstFound(names, (each) => addressesOf(question, each))).map((address) => `tcp://${address}:${port}`);
  return [...new Set(endpoints)].sort();
}

type SrvRecord = Awaited<ReturnType<Resolver["resolveSrv"]>>[number];

/** Those of the lowest priority, RFC 2782. A target that is the root says that there is no such service. */
async function ofRecords(question: DnsQuestion, records: readonly SrvRecord[]): Promise<string[]> {
  const lowest = Math.min(...records.map(({ priority }) => priority));
  const first = records.filter(({ priority, port, name }) => priority === lowest && port > 0 && !/^\.?$/.test(name));
  const endpoints = first.map(async ({ name, port }) =>
    (await addressesOf(question, name)).map((address) => `tcp://${address}:${port}`),
  );
  return (await all(endpoints)).flat();
}

/** IPv6 addresses in brackets. */
async function addressesOf(question: DnsQuestion, name: string): Promise<string[]> {
  const { family, resolver } = question;
  const queries: Promise<string[]>[] = [];
  if (family !== 6) queries.push(ask(question, () => resolver.resolve4(name)));
  if (family !== 4)
    queries.push(ask(question, async () => (await resolver.resolve6(name)).map((address) => `[${address}]`)));
  return (await all(queries)).flat();
}

/** What the first of the names has. A query that fails fails all, since a name further on may be that of something else. */
async function firstFound<T>(names: readonly string[], of: (name: string) => Promise<T[]>): Promise<T[]> {
  for (const name of names) {
    const found = await of(name);
    if (found.length > 0) return found;
  }
  return [];
}

async function ask<T>({ signal }: DnsQuestion, query: () => Promise<T[]>): Promise<T[]> {
  signal.throwIfAborted();
  try {
    return await query();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTFOUND" || code === "ENODATA") return [];
    throw error;
  }
}

/** As `Promise.all`, and leaves no query behind when one fails. */
async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(promises);
  return outcomes.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
}
