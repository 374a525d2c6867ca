/** The sink: `sink.js <endpoint> <file>`. A line is answered when it is in the file, and not before. */

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
