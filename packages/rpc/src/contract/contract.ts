/** A contract: what a service takes and gives, said once for both ends. */

import { type ContractCodec, checkCodec } from "./codec.ts";
import type { Method, MethodDefinition, MethodKind } from "./method.ts";
import { checkContractName, checkMethodName, checkNames, isPlain, shown } from "./names.ts";
import { isSchema } from "./schema.ts";
import { isStream } from "./stream.ts";

/** The methods of a contract, by name. */
export type Definitions = Readonly<Record<string, MethodDefinition>>;

/** Properties that no method has, such as misspelt ones. No value fits them, so the compiler refuses them. */
type Excess<Methods extends Definitions> = {
  readonly [Name in keyof Methods]: { readonly [Key in Exclude<keyof Methods[Name], keyof MethodDefinition>]: never };
};

/** What belongs to a contract as a whole. */
interface ContractDetails<Methods extends Definitions> {
  readonly name: string;
  readonly methods: { readonly [Name in keyof Methods]: Method<Methods[Name]> };
  readonly codec: ContractCodec | undefined;
}

/**
 * Any contract.
 *
 * @category Contracts
 */
export interface AnyContract {
  /** What belongs to the contract as a whole. No method can have this name. */
  readonly "~contract": ContractDetails<Definitions>;
}

/**
 * A contract: its methods by name, and what belongs to all of them.
 *
 * @category Contracts
 */
export type Contract<Methods extends Definitions> = {
  readonly [Name in keyof Methods]: Method<Methods[Name]>;
} & {
  readonly "~contract": ContractDetails<Methods>;
};

/**
 * The options of a contract.
 *
 * @category Contracts
 */
export interface ContractOptions {
  /** How clients encode values. Servers answer each call as it came, so callers without this codec use JSON. @default JSON */
  readonly codec?: ContractCodec | undefined;
}

/**
 * Says what a service takes and gives. Servers and clients are typed by it, and check values against it.
 *
 * Names: that of the contract may have dots, as in `"shop.prices"`. Names that begin with `awaitmq` are reserved. Methods
 * are not nested: write several contracts, and serve them together.
 *
 * @category Contracts
 * @param name begins the names of all methods on the wire
 * @param methods what each method takes and gives
 * @throws TypeError for a wrong name, property, schema, option or codec
 * @example
 * ```ts
 * import { contract, stream } from "@awaitmq/rpc/contract";
 * import { z } from "zod"; // or valibot, arktype: any Standard Schema library
 *
 * export const prices = contract("prices", {
 *   quote: {
 *     input: z.object({ symbol: z.string() }),
 *     output: z.object({ bid: z.number(), ask: z.number() }),
 *     errors: { UNKNOWN_SYMBOL: z.object({ symbol: z.string() }) },
 *     idempotent: true,
 *   },
 *   watch: { input: z.string(), output: stream(z.number()) },
 * });
 * console.log(prices.quote.path); // prices.quote
 * console.log(prices.watch.kind); // server-streaming
 * ```
 */
export function contract<Methods extends Definitions>(
  name: string,
  methods: Methods & Excess<Methods>,
  options: ContractOptions = {},
): Contract<Methods> {
  checkContractName(name);
  return contractOf<Methods>(name, methods, options);
}

/** A contract of any name, also of one that is reserved. */
export function contractOf<Methods extends Definitions>(
  name: string,
  definitions: Methods,
  options: ContractOptions,
): Contract<Methods> {
  checkNames(`The options of contract ${name}`, options, ["codec"]);
  if (options.codec !== undefined) checkCodec("codec", options.codec);
  if (typeof definitions !== "object" || definitions === null || Array.isArray(definitions))
    throw new TypeError(`The methods of ${name} must be an object of methods, got ${shown(definitions)}`);
  if (!isPlain(definitions))
    throw new TypeError(`The methods of ${name} must be a plain object. A key __proto__ would set its prototype`);
  const methods: Record<string, Method> = {};
  for (const [key, definition] of Object.entries(definitions)) methods[key] = methodOf(name, key, definition);
  const details = Object.freeze({ name, methods: Object.freeze(methods), codec: options.codec });
  return Object.freeze({ ...methods, "~contract": details }) as unknown as Contract<Methods>;
}

/**
 * What belongs to a contract as a whole.
 *
 * @param taker the function that got it
 * @throws TypeError for something that is not a contract
 */
export function detailsOfContract(taker: string, contract: unknown): ContractDetails<Definitions> {
  const details = (Object(contract) as Partial<AnyContract>)["~contract"];
  if (details === undefined) throw new TypeError(`${taker} takes what contract(...) returns`);
  return details;
}

const words = ["input", "output", "errors", "idempotent", "description"];

function methodOf(contractName: string, name: string, definition: MethodDefinition): Method {
  checkMethodName(contractName, name);
  const path = `${contractName}.${name}`;
  if (!isPlain(definition) || isSchema(definition) || isStream(definition))
    throw new TypeError(`The method ${path} must be an object with input, output or errors`);
  for (const [key, value] of Object.entries(definition))
    if (!words.includes(key) && isPlain(value) && !isSchema(value) && !isStream(value))
      throw new TypeError(
        `The properties of ${path} must be one of ${words.join(", ")}, got "${key}". Methods are not nested: write a contract "${path}"`,
      );
  checkNames(`The properties of ${path}`, definition, words);
  const { input, output, errors = {}, idempotent = false, description = "" } = definition;
  for (const [key, value] of Object.entries({ input, output }))
    if (value !== undefined && !isStream(value) && !isSchema(value))
      throw new TypeError(
        `The ${key} of ${path} must be a schema of a Standard Schema library, stream(...) or type<T>()`,
      );
  if (!isPlain(errors)) throw new TypeError(`The errors of ${path} must be a plain object of codes and schemas`);
  for (const [code, schema] of Object.entries(errors)) {
    if (!/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(code) || code.startsWith("ERR_"))
      throw new TypeError(
        `The error ${code} of ${path} needs another code: letters, digits and _, not beginning with ERR_`,
      );
    if (!isSchema(schema)) throw new TypeError(`The error ${code} of ${path} needs a schema of its data`);
  }
  if (typeof idempotent !== "boolean") throw new TypeError(`idempotent of ${path} must be a boolean`);
  if (typeof description !== "string") throw new TypeError(`The description of ${path} must be a string`);
  return Object.freeze({ path, name, kind: kindOf(isStream(input), isStream(output)), idempotent, definition });
}

function kindOf(streamsInput: boolean, streamsOutput: boolean): MethodKind {
  if (streamsInput) return streamsOutput ? "bidi-streaming" : "client-streaming";
  return streamsOutput ? "server-streaming" : "unary";
}
