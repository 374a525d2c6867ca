/** The contract that every server of this package serves besides its own. */

import { contractOf } from "../contract/contract.ts";
import { stream } from "../contract/stream.ts";
import { type } from "../contract/type.ts";
import type { Description } from "./description.ts";

/**
 * Whether a service takes calls.
 *
 * @category Health
 */
export type HealthStatus = "serving" | "not-serving";

/**
 * The health of a server.
 *
 * @category Health
 */
export interface HealthReport {
  /** `"serving"` if all services are, and the server does not stop. */
  readonly status: HealthStatus;
  /** The status of each service, by the name of its contract. */
  readonly services: Readonly<Record<string, HealthStatus>>;
}

/**
 * The contract of what servers say about themselves. `services(...)` always serves `describe`. The other two come with
 * `health()`.
 *
 * @category Description
 * @example
 * ```ts
 * import { RequestClient, serve } from "@awaitmq/patterns";
 * import { contract, health, implement, introspection } from "@awaitmq/rpc";
 * import { remote, services, type } from "@awaitmq/rpc";
 *
 * const clock = contract("clock", { now: { output: type<string>() } });
 * const service = implement(clock, { now: () => new Date().toISOString() });
 * const server = serve("tcp://127.0.0.1:*", services(service, health()));
 *
 * const client = new RequestClient({ connect: server.endpoints });
 * const about = remote(introspection, client);
 * const { contracts } = await about.describe();
 * console.log(contracts[0]?.name, (await about.health()).status); // clock serving
 *
 * await client.close();
 * await server.stop();
 * ```
 */
export const introspection = contractOf(
  "awaitmq",
  {
    describe: {
      output: type<Description>(),
      idempotent: true,
      description: "The contracts that this server implements, with JSON Schemas.",
    },
    health: {
      output: type<HealthReport>(),
      idempotent: true,
      description: "Which services take calls.",
    },
    watchHealth: {
      output: stream(type<HealthReport>()),
      idempotent: true,
      description: "The health now, and after each change. It ends when the server stops.",
    },
  },
  {},
);
