/** Servers by their name in DNS, which come and go as its records do. */

import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { AddressError } from "@awaitmq/core";
import { flag, nameOf, number, oneOf, option, type Rules, readOptions, signal } from "@awaitmq/core/internals";
import { DnsSets } from "./dns-sets.ts";

/** Which records are looked up, how often, and by whom. */
export interface DnsOptions {
  /**
   * Milliseconds from one answer to the next look-up, 1 or more. With Infinity there is no second: the iteration ends after its first set.
   * @default 5_000
   */
  readonly every?: number | undefined;
  /**
   * Which addresses: 4 for A records, 6 for AAAA records, 0 for both. Sockets connect to IPv6 addresses only with their option `ipv6: true`.
   * @default 4
   */
  readonly family?: 0 | 4 | 6 | undefined;
  /**
   * Looks up SRV records, for a name such as `tcp://_prices._tcp.example`. Of these it takes those of the lowest priority, each with its port and
   * all addresses of its target. Weights mean nothing here.
   * @default false
   */
  readonly srv?: boolean | undefined;
  /** Ends the iteration when aborted, as after a last set: the loop does not throw. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Asks the name servers, for instance others than the system's. Its pending queries are all cancelled when the iteration ends, so use it for
   * nothing else. @default one for each look-up, with a timeout of 2 000 ms and 2 tries
   */
  readonly resolver?: Resolver | undefined;
}

const rules = {
  every: number(1, Number.POSITIVE_INFINITY, 5_000),
  family: oneOf([0, 4, 6], 4),
  srv: flag(false),
  signal: signal(),
  resolver: option<Resolver>((name, value) => {
    if (!(value instanceof Resolver)) throw new TypeError(`${name} must be a Resolver of node:dns/promises`);
  }),
} satisfies Rules<DnsOptions>;

/**
 * Looks up a name again and again. Gives the set of its endpoints, sorted, first when the name is known, and then whenever the set has changed.
 * Each loop over it looks up by itself, and only while somebody waits for the next set.
 *
 *     const client = new RequestClient({ connect: dns("tcp://prices:5555") });
 *
 * A short name is looked up in the search domains of the system too, as resolv.conf(5) has it; `/etc/hosts` is not read. A look-up that fails leaves
 * the set as it is. It is repeated after 250 ms, then after twice as long each time, at most `every` or 5 s. The first failure of each kind is a
 * process warning, `AWAITMQ_DNS`. A name without records is such a failure until it is known; after that it is an empty set.
 *
 * @param endpoint `tcp://name:port`; with `srv` it has no port
 * @throws AddressError `ERR_ADDRESS_INVALID` for another endpoint; TypeError, RangeError
 */
export function dns(endpoint: string, options: DnsOptions = {}): AsyncIterable<readonly string[]> {
  const { srv, ...rest } = readOptions("dns", rules, options);
  const { name, port } = srv ? parsed(endpoint, /^tcp:\/\/([^\s:;/[\]*]+)$/) : parsed(endpoint, withPort);
  return { [Symbol.asyncIterator]: () => new DnsSets(endpoint, { name, port, ...rest }) };
}

const withPort = /^tcp:\/\/([^\s:;/[\]*]+):(\d{1,5})$/;

function parsed(endpoint: unknown, form: RegExp): { readonly name: string; readonly port: number | undefined } {
  if (typeof endpoint !== "string") throw new TypeError(`dns takes an endpoint, got ${nameOf(endpoint)}`);
  const refuse = (why: string) => {
    throw new AddressError(`Cannot look up ${JSON.stringify(endpoint)}: ${why}`, "ERR_ADDRESS_INVALID", endpoint);
  };
  const [, name = "", digits] = form.exec(endpoint) ?? [];
  if (name === "")
    refuse(
      form === withPort
        ? "it is like tcp://name:port"
        : "with srv it is like tcp://_service._tcp.name, without a port, which the records have",
    );
  if (isIP(name) !== 0) refuse("it is an address, which needs no look-up. Connect to it");
  const port = digits === undefined ? undefined : Number(digits);
  if (port === 0 || (port ?? 0) > 65_535) refuse(`a port is a number from 1 to 65535, got ${port}`);
  return { name, port };
}
