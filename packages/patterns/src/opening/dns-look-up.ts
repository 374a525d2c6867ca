/** One look-up of a name: its endpoints, by A and AAAA records or by SRV records. */

import type { Resolver } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { searchedNames } from "./searched-names.ts";

export interface DnsQuestion {
  readonly name: string;
  /** Undefined for SRV records, which have their own ports. */
  readonly port: number | undefined;
  readonly family: 0 | 4 | 6;
  readonly resolver: Resolver;
  /** Aborts further queries. `resolver.cancel()` is for those already sent. */
  readonly signal: AbortSignal;
}

/**
 * Resolves to distinct endpoints, sorted: an empty array if the name servers report no such name, or no such records.
 * Rejects with the error of node:dns.
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

/**
 * Uses the records of the lowest priority, as in RFC 2782. A target that is the root means that there is no such
 * service.
 */
async function ofRecords(question: DnsQuestion, records: readonly SrvRecord[]): Promise<string[]> {
  const lowest = Math.min(...records.map(({ priority }) => priority));
  const first = records.filter(({ priority, port, name }) => priority === lowest && port > 0 && !/^\.?$/.test(name));
  const endpoints = first.map(async ({ name, port }) =>
    (await addressesOf(question, name)).map((address) => `tcp://${address}:${port}`),
  );
  return (await all(endpoints)).flat();
}

/** The addresses of a name, with IPv6 addresses in brackets. */
async function addressesOf(question: DnsQuestion, name: string): Promise<string[]> {
  const { family, resolver } = question;
  const queries: Promise<string[]>[] = [];
  if (family !== 6) queries.push(ask(question, () => resolver.resolve4(name)));
  if (family !== 4)
    queries.push(ask(question, async () => (await resolver.resolve6(name)).map((address) => `[${address}]`)));
  return (await all(queries)).flat();
}

/**
 * The result of the first name that has one. A failed query fails the look-up, because a later name may belong to
 * something else.
 */
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

/** As `Promise.all`, but waits for all queries even if one fails. */
async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(promises);
  return outcomes.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
}
