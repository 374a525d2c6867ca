/**
 * A server that answers only "quick". Other requests run until they are
 * aborted. With the argument "stuck" it answers nothing.
 */

import { once } from "node:events";
import { serve } from "@awaitmq/patterns";

const stuck = process.argv[2] === "stuck";

const server = serve("tcp://127.0.0.1:*", async ([what], { signal }) => {
  if (String(what) === "quick" && !stuck) return "quick reply";
  process.send?.({ begun: String(what) });
  await once(signal, "abort");
  process.send?.({ gaveUp: String(what), why: signal.reason.name });
  return "nobody waits for this";
});

process.send?.({ endpoint: server.endpoints[0] });
process.once("disconnect", () => void server.stop());
