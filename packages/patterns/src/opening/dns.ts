/** Servers by their DNS name, following its records. */

import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { AddressError } from "@awaitmq/core";
import { flag, nameOf, number, oneOf, option, type Rules, readOptions, signal } from "@awaitmq/core/internals";
import { DnsSets } from "./dns-sets.ts";

/**
 * Which records to look up, how often, and with which resolver.
 *
 * @category Endpoints
 */
export interface DnsOptions {
  /**
   * Milliseconds from an answer to the next look-up, 1 or more. With Infinity there is only one look-up: the loop ends
   * after the first set.
   * @default 5_000
   */
  readonly every?: number | undefined;
  /**
   * Address family: 4 for A records, 6 for AAAA records, 0 for both. Sockets connect to IPv6 addresses only with the
   * option `ipv6: true`.
   * @default 4
   */
  readonly family?: 0 | 4 | 6 | undefined;
  /**
   * Looks up SRV records, for a name such as `tcp://_prices._tcp.example`. It uses those of the lowest priority, each
   * with its port and all addresses of its target. Weights are ignored. @default false
   */
  readonly srv?: boolean | undefined;
  /** Ends the loop when aborted, as after a last set: the loop does not throw. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The resolver, for instance for other name servers than the system's. When the loop ends, all its pending queries
   * are cancelled, so use it for nothing else. @default a new one per look-up, with a timeout of 2 000 ms and 2 tries
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
 * Looks up a name again and again, and gives the sorted set of its endpoints whenever it changes.
 *
 * The first set comes when the name is known. Each loop looks up for itself, and only while someone waits for the next
 * set. A short name is also looked up in the search domains of the system, as in resolv.conf(5). `/etc/hosts` is not
 * read.
 *
 * A failed look-up keeps the current set. It is retried after 250 ms, then after twice as long each time, up to `every`
 * or 5 s. The first failure of each kind emits a process warning, `AWAITMQ_DNS`. A name without records is such a
 * failure until the name was known once; after that it is an empty set.
 *
 * @category Endpoints
 * @param endpoint `tcp://name:port`; without a port if `srv` is set
 * @param options which records to look up, how often, and with which resolver
 * @throws AddressError (`ERR_ADDRESS_INVALID`) for any other endpoint
 * @throws TypeError, RangeError for wrong arguments
 * @example
 * ```ts
 * import { Resolver } from "node:dns/promises";
 * import { dns, RequestClient, serve } from "@awaitmq/patterns";
 *
 * const server = serve("tcp://127.0.0.1:*", ([name]) => `Hello, ${name}`);
 * const { port } = new URL(server.endpoints[0]);
 * // Stands in for a name server. By default the system's are asked.
 * const resolver = new Resolver();
 * Object.assign(resolver, { resolve4: async () => ["127.0.0.1"] });
 *
 * const connect = dns(`tcp://greeter:${port}`, { resolver });
 * const client = new RequestClient({ connect });
 * const [reply] = await client.request("Ada");
 * console.log(`${reply}`); // Hello, Ada
 * await client.close();
 * await server.stop();
 * ```
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
        ? "use the form tcp://name:port"
        : "with srv, use the form tcp://_service._tcp.name. The port comes from the records",
    );
  if (isIP(name) !== 0) refuse("it is an IP address, not a name. Connect to it directly");
  const port = digits === undefined ? undefined : Number(digits);
  if (port === 0 || (port ?? 0) > 65_535) refuse(`its port must be 1 to 65535, got ${port}`);
  return { name, port };
}
