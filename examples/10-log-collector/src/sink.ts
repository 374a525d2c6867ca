/**
 * The sink: `sink.js <endpoint> <file>`. It answers a line only after the line
 * is in the file.
 */

import { serve } from "@awaitmq/patterns";
import { LogFile } from "./log-file.ts";

const [endpoint = "", path = ""] = process.argv.slice(2);
const file = new LogFile(path);
const server = serve(endpoint, ([line]) => {
  file.add(JSON.parse(String(line)));
  return "written";
});
process.once("SIGTERM", () => void server.stop());
process.send?.(server.endpoints[0] ?? "");
await server.done;
process.disconnect?.();
