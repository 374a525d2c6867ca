/** A contract with one method of each kind, and one call of each that makes its handler answer once. */

import {
  contract,
  type HandlerContext,
  type Handlers,
  type Remote,
  type RemoteStreamOptions,
  stream,
  type,
} from "../src/index.ts";
import { all } from "./scene.ts";

const text = type<string>();

export const probe = contract("probe", {
  unary: { input: text, output: text, errors: { REFUSED: type<{ why: string }>() } },
  serverStreaming: { input: text, output: stream(text), errors: { REFUSED: type<{ why: string }>() } },
  clientStreaming: { input: stream(text), output: text, errors: { REFUSED: type<{ why: string }>() } },
  bidiStreaming: { input: stream(text), output: stream(text), errors: { REFUSED: type<{ why: string }>() } },
});

type Answer = (input: string, context: HandlerContext<typeof probe.unary>) => string | Promise<string>;

/** All methods answer each value of their input with this. */
export function answering(answer: Answer): Handlers<typeof probe> {
  return {
    unary: (input, context) => answer(input, context),
    async *serverStreaming(input, context) {
      yield await answer(input, context as never);
    },
    async clientStreaming(items, context) {
      let last = "";
      for await (const item of items) last = await answer(item, context as never);
      return last;
    },
    async *bidiStreaming(items, context) {
      for await (const item of items) yield await answer(item, context as never);
    },
  };
}

export type Kind = keyof (typeof probe)["~contract"]["methods"];

export const kinds: readonly Kind[] = ["unary", "serverStreaming", "clientStreaming", "bidiStreaming"];

/** Calls a method with one value, and resolves to the one value that comes back. */
export async function call(
  calls: Remote<typeof probe>,
  kind: Kind,
  value: string,
  options: RemoteStreamOptions = {},
): Promise<string | undefined> {
  if (kind === "unary") return calls.unary(value, options);
  if (kind === "serverStreaming") return (await all(calls.serverStreaming(value, options)))[0];
  if (kind === "clientStreaming") return calls.clientStreaming([value], options);
  return (await all(calls.bidiStreaming([value], options)))[0];
}
