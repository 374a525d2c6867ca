/** Implements a contract. */

import { type ContractCodec, checkCodec } from "../contract/codec.ts";
import { type AnyContract, detailsOfContract } from "../contract/contract.ts";
import { checkNames, isPlain, shown } from "../contract/names.ts";
import { checkUse } from "../middleware/layered.ts";
import { checkValidate, type Validate } from "../values/checks.ts";
import type { Handlers } from "./handlers.ts";
import { ServedMethod } from "./served-method.ts";
import type { ServedCall, ServiceMiddleware } from "./service-call.ts";

/**
 * A contract with its handlers, for `services`.
 *
 * @category Services
 */
export interface Service<C extends AnyContract = AnyContract> {
  readonly contract: C;
  /** Its methods by their names on the wire. */
  readonly methods: ReadonlyMap<string, ServedMethod>;
}

/**
 * The options of `implement`.
 *
 * @category Services
 */
export interface ImplementOptions<User = unknown> {
  /** Middleware around all handlers, the outermost first. @default none */
  readonly use?: readonly ServiceMiddleware<User>[] | undefined;
  /**
   * Which values are checked: `true` for all, `"incoming"` for inputs only, `false` for none.
   *
   * A value that is not checked is not transformed either: the handler gets what the caller gave. @default true
   */
  readonly validate?: Validate | undefined;
  /** Codecs that callers may use besides JSON and that of the contract. @default none */
  readonly codecs?: readonly ContractCodec[] | undefined;
}

/**
 * Gives each method of a contract its handler. `services` makes a handler for `serve` or `serveBalanced` of it.
 *
 * The input was checked by the contract's schema, and is what the schema makes of it. What the handler returns is checked
 * too, and sent as it is. So a schema is no filter: a property that it does not know is sent, unless the schema refuses
 * it.
 *
 * A handler that throws what `fail` returns gives its caller that failure. All else that it throws is a `RemoteError` for
 * the caller.
 *
 * @category Services
 * @param contract what the service takes and gives
 * @param handlers a function per method: a plain object, or an instance of a class
 * @param options middleware, checks and codecs
 * @throws TypeError for a missing or unknown handler, and for wrong options
 * @example
 * ```ts
 * import { RequestClient, serve } from "@awaitmq/patterns";
 * import { contract, implement, remote, services } from "@awaitmq/rpc";
 * import { z } from "zod";
 *
 * const greeter = contract("greeter", {
 *   greet: { input: z.object({ name: z.string() }), output: z.string() },
 * });
 * const service = implement(greeter, {
 *   greet: ({ name }) => `Hello, ${name}`,
 * });
 * const server = serve("tcp://127.0.0.1:*", services(service));
 *
 * const client = new RequestClient({ connect: server.endpoints });
 * console.log(await remote(greeter, client).greet({ name: "Ada" })); // Hello, Ada
 *
 * await client.close();
 * await server.stop();
 * ```
 */
export function implement<C extends AnyContract, User = unknown>(
  contract: C,
  handlers: Handlers<C, User>,
  options: ImplementOptions<User> = {},
): Service<C> {
  const { name, methods, codec } = detailsOfContract("implement", contract);
  checkHandlers(name, Object.keys(methods), handlers);
  checkNames("The options of implement", options, ["use", "validate", "codecs"]);
  const { use = [], validate = true, codecs = [] } = options;
  checkUse(use);
  checkValidate("validate", validate);
  if (!Array.isArray(codecs)) throw new TypeError(`codecs must be an array of codecs, got ${shown(codecs)}`);
  for (const each of codecs) checkCodec("codecs", each);
  const known = codec === undefined ? codecs : [codec, ...codecs];
  for (const each of known)
    if (known.some((other) => other !== each && other.name === each.name))
      throw new TypeError(`${name} has two codecs with the name ${each.name}. Give one of them another name`);
  const functions = handlers as unknown as Readonly<Record<string, (input: unknown, call: ServedCall) => unknown>>;
  const served = Object.values(methods).map((method) => {
    const handler = (input: unknown, call: ServedCall) => functions[method.name]?.(input, call);
    return new ServedMethod(method, handler, {
      use: use as readonly ServiceMiddleware[],
      validate,
      codecs: known,
      codec,
    });
  });
  return Object.freeze({ contract, methods: new Map(served.map((each) => [each.method.path, each])) });
}

/** @throws TypeError */
function checkHandlers(contract: string, names: readonly string[], handlers: unknown): void {
  if (typeof handlers !== "object" || handlers === null)
    throw new TypeError(`The handlers of ${contract} must be an object with a function per method`);
  const given = handlers as Readonly<Record<string, unknown>>;
  const missing = names.filter((name) => typeof given[name] !== "function");
  if (missing.length > 0) throw new TypeError(`${contract} needs a handler for ${missing.join(", ")}`);
  const unknown = isPlain(given) ? Object.keys(given).filter((name) => !names.includes(name)) : [];
  if (unknown.length > 0)
    throw new TypeError(`${contract} has no method ${unknown.join(", ")}: its methods are ${names.join(", ")}`);
}
