/** What the peers of a route give and take, checked by the compiler alone. */

import type { Handle, Message, Router, Sendable } from "@awaitmq/core";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import { json, type Peers, type RoutedPeer, type RouteStats, route, text } from "../../src/index.ts";

declare const router: Router;
const schema = z.object({ at: z.string().transform((at) => new Date(at)) });

expectTypeOf(route(router)).toEqualTypeOf<Peers<Message, Sendable>>();
expectTypeOf(route("tcp://127.0.0.1:*")).toExtend<Handle<RouteStats>>();
for await (const peer of route(router)) expectTypeOf(peer).toEqualTypeOf<RoutedPeer<Message, Sendable>>();
for await (const peer of route(router, { codec: text })) {
  expectTypeOf(await peer.receive()).toEqualTypeOf<string>();
  // @ts-expect-error: text has no bytes for a number.
  await peer.send(5);
}
for await (const peer of route(router, { codec: json, schema }))
  for await (const { at } of peer) expectTypeOf(at).toEqualTypeOf<Date>();
// @ts-expect-error: text gives no number,
route<number, string>(router, { codec: text });
// @ts-expect-error: and has no bytes for what may be one.
route<string, string | number>(router, { codec: text });
// @ts-expect-error: a schema needs a codec.
route(router, { schema });
route(router, { codec: json, onInvalid: (error, message) => expectTypeOf(message).toEqualTypeOf<Message>() && error });
// @ts-expect-error: frames are never invalid.
route(router, { onInvalid() {} });
// @ts-expect-error: of a Pull.
route({ bind: "tcp://127.0.0.1:*", socket: { conflate: true } });
