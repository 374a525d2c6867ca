/** Several services as one handler. */

import type { Message, Sendable } from "@awaitmq/core";
import type { Answer } from "@awaitmq/patterns";
import { withDetails } from "@awaitmq/patterns/internals";
import { describe } from "../description/describe.ts";
import type { Description } from "../description/description.ts";
import { introspection } from "../description/introspection.ts";
import { UnimplementedError } from "../errors.ts";
import { type ReadCall, readCall } from "../wire/call.ts";
import { encodeError } from "../wire/errors.ts";
import { shortened } from "../wire/values.ts";
import type { ServedContext } from "./handlers.ts";
import { HealthService } from "./health.ts";
import type { Service } from "./implement.ts";
import { ServedMethod } from "./served-method.ts";

/**
 * A handler for `serve` and `serveBalanced`, which answers the calls of services.
 *
 * @category Services
 */
export type ServicesHandler = (message: Message, context: ServedContext) => Answer<Sendable>;

/**
 * Makes one handler of services, for `serve` or `serveBalanced`.
 *
 * It also answers `awaitmq.describe`, with all contracts and their JSON Schemas. A call to a method that nobody implements
 * fails with `UnimplementedError` (`ERR_UNIMPLEMENTED`), which lists the methods that there are. A call that cannot be read
 * fails with `CodecError` (`ERR_CODEC`).
 *
 * @category Services
 * @param all what `implement` and `health` return. Each has a contract of another name
 * @throws TypeError for two contracts with one name, and for something that is not a service
 * @example
 * ```ts
 * import { RequestClient, serve } from "@awaitmq/patterns";
 * import { contract, implement, remote, services, type } from "@awaitmq/rpc";
 *
 * const sums = contract("sums", {
 *   add: { input: type<[number, number]>(), output: type<number>() },
 * });
 * const service = implement(sums, { add: ([a, b]) => a + b });
 * const server = serve("tcp://127.0.0.1:*", services(service));
 *
 * const client = new RequestClient({ connect: server.endpoints });
 * console.log(await remote(sums, client).add([1, 2])); // 3
 *
 * await client.close();
 * await server.stop();
 * ```
 */
export function services(...all: readonly Service[]): ServicesHandler {
  const methods = methodsOf(all);
  const names = [...methods.keys()];
  return (message, context) => {
    let call: ReadCall;
    if (!(Object(message)[0] instanceof Uint8Array))
      throw new TypeError("services(...) reads frames: give serve no codec, and the contract one");
    try {
      call = readCall(message);
    } catch (error) {
      throw withDetails(error as Error, encodeError(error as UnimplementedError, undefined), true);
    }
    const method = methods.get(call.path);
    if (method === undefined) throw unimplemented(call.path, names);
    return method.answer(call, context);
  };
}

/** @throws TypeError */
function methodsOf(all: readonly Service[]): ReadonlyMap<string, ServedMethod> {
  const methods = new Map<string, ServedMethod>();
  const names = new Set<string>();
  for (const service of all) {
    if (!(Object(service).methods instanceof Map))
      throw new TypeError("services takes what implement(...) and health() return");
    const { name } = service.contract["~contract"];
    if (names.has(name)) throw new TypeError(`Two services have contracts with the name ${name}`);
    names.add(name);
    for (const [path, method] of service.methods) methods.set(path, method);
  }
  const own = all.filter(({ contract }) => contract !== introspection);
  for (const service of all) if (service instanceof HealthService) service.join(own.map(nameOf));
  let description: Description | undefined;
  const described = () => {
    description ??= describe(...own.map(({ contract }) => contract));
    return description;
  };
  const { path } = introspection.describe;
  const options = { use: [], validate: false, codecs: [], codec: undefined };
  return methods.set(path, new ServedMethod(introspection.describe, described, options));
}

function nameOf({ contract }: Service): string {
  return contract["~contract"].name;
}

/** Names in the sentence of the error, and in its list. A stranger gets no more for a call. */
const mostInSentence = 20;
const mostListed = 200;

function unimplemented(path: string, names: readonly string[]): UnimplementedError {
  const more = names.length > mostInSentence ? `, and ${names.length - mostInSentence} more` : "";
  const error = new UnimplementedError(
    `The server has no method ${shortened(path)}. It has ${names.slice(0, mostInSentence).join(", ")}${more}`,
    names.slice(0, mostListed),
  );
  return withDetails(error, encodeError(error, undefined), true);
}
