/** The health of a server, for load balancers and monitors. */

import { once } from "node:events";
import type { AnyContract } from "../contract/contract.ts";
import { type HealthReport, type HealthStatus, introspection } from "../description/introspection.ts";
import type { HandlerContext } from "./handlers.ts";
import type { Service } from "./implement.ts";
import { ServedMethod } from "./served-method.ts";

/**
 * A service that says which services take calls.
 *
 * @category Health
 */
export interface Health extends Service {
  /**
   * Sets the status of a service, for example while its database is away. Calls are still taken.
   *
   * @param service the name of its contract
   * @param isServing whether callers should use it
   * @throws TypeError for a name that the server does not serve
   */
  set(service: string, isServing: boolean): void;
}

/**
 * Makes the service that answers `awaitmq.health` and streams `awaitmq.watchHealth`, for `services`.
 *
 * All services count as serving until {@link Health.set} says otherwise. When the server begins to stop, watchers get
 * `"not-serving"`, and their streams end. New calls are refused then, those of `awaitmq.health` too.
 *
 * Several `services(...)` may share it if they have the same services.
 *
 * @category Health
 * @example
 * ```ts
 * import { RequestClient, serve } from "@awaitmq/patterns";
 * import { contract, health, implement, introspection } from "@awaitmq/rpc";
 * import { remote, services } from "@awaitmq/rpc";
 *
 * const orders = contract("orders", { count: {} });
 * const status = health();
 * const service = implement(orders, { count: () => {} });
 * const server = serve("tcp://127.0.0.1:*", services(service, status));
 *
 * const client = new RequestClient({ connect: server.endpoints });
 * status.set("orders", false); // its database is away
 * const report = await remote(introspection, client).health();
 * console.log(report.status, report.services.orders); // not-serving not-serving
 *
 * await client.close();
 * await server.stop();
 * ```
 */
export function health(): Health {
  return new HealthService();
}

export class HealthService implements Health {
  readonly contract: AnyContract = introspection;
  readonly methods: ReadonlyMap<string, ServedMethod>;
  readonly #down = new Set<string>();
  /** The services of the server. Undefined before it is known. */
  #names: readonly string[] | undefined;
  /** Aborted at the next change. */
  #change = new AbortController();

  constructor() {
    const { health, watchHealth } = introspection;
    const options = { use: [], validate: false, codecs: [], codec: undefined };
    this.methods = new Map([
      [health.path, new ServedMethod(health, (_, { stopping }) => this.#report(stopping), options)],
      [watchHealth.path, new ServedMethod(watchHealth, (_, context) => this.#watch(context), options)],
    ]);
  }

  /**
   * Says which services there are, which is known when all are together.
   *
   * @throws TypeError if other servers that it speaks for have other services
   */
  join(names: readonly string[]): void {
    const before = this.#names ?? names;
    if (before.length !== names.length || !before.every((name) => names.includes(name)))
      throw new TypeError(
        `This health() speaks for a server of ${before.join(", ")}. Call health() again for one of ${names.join(", ")}`,
      );
    const stranger = [...this.#down].find((name) => !names.includes(name));
    if (stranger !== undefined) throw unknown(stranger, names);
    this.#names = names;
  }

  set(service: string, isServing: boolean): void {
    if (typeof isServing !== "boolean") throw new TypeError("isServing must be a boolean");
    if (typeof service !== "string" || this.#names?.includes(service) === false) throw unknown(service, this.#names);
    if (isServing) this.#down.delete(service);
    else this.#down.add(service);
    const change = this.#change;
    this.#change = new AbortController();
    change.abort();
  }

  #report(stopping: AbortSignal): HealthReport {
    const statusOf = (name: string): HealthStatus =>
      stopping.aborted || this.#down.has(name) ? "not-serving" : "serving";
    const services = Object.fromEntries((this.#names ?? []).map((name) => [name, statusOf(name)]));
    const isDown = stopping.aborted || this.#down.size > 0;
    return { status: isDown ? "not-serving" : "serving", services };
  }

  /** A slow reader misses changes in between, and always gets the last. */
  async *#watch({ signal, stopping }: HandlerContext): AsyncGenerator<HealthReport, void> {
    let last = "";
    for (;;) {
      const change = this.#change.signal;
      const report = this.#report(stopping);
      const text = JSON.stringify(report);
      if (text !== last) yield report;
      last = text;
      if (stopping.aborted || signal.aborted) return;
      const any = AbortSignal.any([signal, stopping, change]);
      if (!any.aborted) await once(any, "abort");
    }
  }
}

function unknown(service: unknown, names: readonly string[] = []): TypeError {
  return new TypeError(`There is no service ${String(service)} here: the services are ${names.join(", ")}`);
}
