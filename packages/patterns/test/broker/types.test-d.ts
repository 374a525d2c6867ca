/** Where a worker may have its broker, checked by the compiler alone. */

import { dns, serveBalanced } from "../../src/index.ts";

const handler = () => null;

serveBalanced("tcp://127.0.0.1:1", handler);
serveBalanced(["tcp://127.0.0.1:1"], handler);
serveBalanced({ connect: "tcp://127.0.0.1:1", socket: { linger: 0 } }, handler);
serveBalanced({ bind: "tcp://127.0.0.1:1" }, handler);
// @ts-expect-error A set may hold several brokers.
serveBalanced({ connect: dns("tcp://brokers:1") }, handler);
