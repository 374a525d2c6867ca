/** Where a worker may have its broker, and what its handlers get, checked by the compiler alone. */

import { expectTypeOf } from "vitest";
import { dns, serveBalanced } from "../../src/index.ts";

const handler = () => null;

serveBalanced("tcp://127.0.0.1:1", handler);
serveBalanced(["tcp://127.0.0.1:1"], handler);
serveBalanced({ connect: "tcp://127.0.0.1:1", socket: { linger: 0 } }, handler);
serveBalanced({ bind: "tcp://127.0.0.1:1" }, handler);
// @ts-expect-error A set may hold several brokers.
serveBalanced({ connect: dns("tcp://brokers:1") }, handler);

serveBalanced("tcp://127.0.0.1:1", (_, { signal, stopping }) => {
  expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
  expectTypeOf(stopping).toEqualTypeOf<AbortSignal>();
  return null;
});
