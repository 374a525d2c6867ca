/** What a contract makes of the types of its schemas, checked by the compiler alone. */

import { type } from "arktype";
import * as v from "valibot";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import {
  type AnyContract,
  type Contract,
  contract,
  type ErrorsOf,
  type FailureOf,
  type InputOf,
  introspection,
  isFailure,
  type Method,
  type MethodDefinition,
  type OutputOf,
  stream,
  type as typed,
} from "../../src/index.ts";

const texts = contract("texts", {
  zod: { input: z.object({ at: z.string().transform((at) => new Date(at)) }), output: z.string().transform(Number) },
  valibot: { input: v.pipe(v.string(), v.transform(Number)), output: stream(v.object({ size: v.number() })) },
  arktype: { input: stream(type("string.numeric.parse")), output: type({ size: "number" }) },
  type: { input: stream(typed<1 | 2>()), output: stream(typed<Date>()) },
  nothing: {},
  failing: {
    errors: { GONE: z.string().transform((at) => new Date(at)), BUSY: v.undefined_(), FULL: type({ size: "number" }) },
  },
});

// ---- Callers give what a schema accepts, and get what it makes of that. A stream counts by its items.

expectTypeOf<InputOf<typeof texts.zod>>().toEqualTypeOf<{ at: string }>();
expectTypeOf<OutputOf<typeof texts.zod>>().toEqualTypeOf<number>();
expectTypeOf<InputOf<typeof texts.valibot>>().toEqualTypeOf<string>();
expectTypeOf<OutputOf<typeof texts.valibot>>().toEqualTypeOf<{ size: number }>();
expectTypeOf<InputOf<typeof texts.arktype>>().toEqualTypeOf<string>();
expectTypeOf<OutputOf<typeof texts.arktype>>().toEqualTypeOf<{ size: number }>();
expectTypeOf<InputOf<typeof texts.type>>().toEqualTypeOf<1 | 2>();
expectTypeOf<OutputOf<typeof texts.type>>().toEqualTypeOf<Date>();
expectTypeOf<InputOf<typeof texts.nothing>>().toEqualTypeOf<undefined>();
expectTypeOf<OutputOf<typeof texts.nothing>>().toEqualTypeOf<void>();

// ---- Errors by their codes.

expectTypeOf<ErrorsOf<typeof texts.failing>>().toEqualTypeOf<{
  readonly GONE: Date;
  readonly BUSY: undefined;
  readonly FULL: { size: number };
}>();
expectTypeOf<keyof ErrorsOf<typeof texts.zod>>().toEqualTypeOf<never>();
expectTypeOf<FailureOf<typeof texts.failing>["code"]>().toEqualTypeOf<"GONE" | "BUSY" | "FULL">();
expectTypeOf<FailureOf<typeof texts.zod>>().toEqualTypeOf<never>();

export function told(error: unknown): Date | number | undefined {
  if (!isFailure(texts.failing, error)) return undefined;
  // @ts-expect-error: which data it has depends on the code.
  error.data.size;
  // @ts-expect-error: the contract declares no such code.
  if (error.code === "OTHER") return undefined;
  switch (error.code) {
    case "GONE":
      expectTypeOf(error.data).toEqualTypeOf<Date>();
      return error.data;
    case "BUSY":
      expectTypeOf(error.data).toEqualTypeOf<undefined>();
      return error.data;
    case "FULL":
      expectTypeOf(error.data).toEqualTypeOf<{ size: number }>();
      return error.data.size;
  }
}

export function toldByNothing(error: unknown): void {
  // @ts-expect-error: the method has no failures.
  if (isFailure(texts.nothing, error)) error.data;
}

/** Code that works with any method, such as middleware, knows no more than that there are codes and data. */
export function toldOfAny(method: Method, error: unknown): string {
  if (!isFailure(method, error)) return "";
  expectTypeOf(error.data).toEqualTypeOf<unknown>();
  return error.code;
}

// ---- The contract itself.

expectTypeOf(texts).toExtend<AnyContract>();
expectTypeOf(introspection).toExtend<AnyContract>();
expectTypeOf(texts["~contract"].methods.zod).toEqualTypeOf(texts.zod);
expectTypeOf(texts.zod).toExtend<Method>();

export function refused() {
  // @ts-expect-error: there is no such method.
  texts.other;
  // @ts-expect-error: a contract does not change.
  texts.zod = texts.nothing;
  // @ts-expect-error: a misspelt key.
  contract("a", { b: { inptu: z.string() } });
  // @ts-expect-error: a misspelt key beside a right one.
  contract("a", { b: { input: z.string(), outptu: z.string() } });
  // @ts-expect-error: a misspelt key of one method of several.
  contract("a", { b: { input: z.string() }, c: { output: stream(z.string()), idempotant: true } });
  // @ts-expect-error: no schema.
  contract("a", { b: { input: String } });
  // @ts-expect-error: methods are not nested.
  contract("a", { b: { c: { input: z.string() } } });
  // @ts-expect-error: data of an error is no stream.
  contract("a", { b: { errors: { GONE: stream(z.string()) } } });
  // @ts-expect-error: a stream of streams.
  contract("a", { b: { input: stream(stream(z.string())) } });
  // @ts-expect-error: an option that there is not.
  contract("a", {}, { coded: undefined });
  // @ts-expect-error: a codec needs a name.
  contract("a", {}, { codec: { encode: () => "", decode: () => "" } });
}

// ---- Methods that are not written in the call itself.

const shared = { input: z.string(), output: stream(z.number()) };
expectTypeOf<InputOf<ReturnType<typeof several>["first"]>>().toEqualTypeOf<string>();
expectTypeOf<OutputOf<ReturnType<typeof several>["second"]>>().toEqualTypeOf<number>();

export function several() {
  return contract("several", { first: shared, second: { ...shared, idempotent: true } });
}

export function ofAny(methods: Record<string, MethodDefinition>): AnyContract {
  return contract("any", methods);
}

/** A function that makes contracts of methods which it does not know takes what `contract` takes. */
export function prefixed<const Methods extends Record<string, MethodDefinition>>(
  name: string,
  methods: Parameters<typeof contract<Methods>>[1],
): Contract<Methods> {
  return contract<Methods>(`shop.${name}`, methods);
}

expectTypeOf<InputOf<ReturnType<typeof typedPrefixed>["first"]>>().toEqualTypeOf<string>();

export function typedPrefixed() {
  return prefixed("several", { first: shared });
}
