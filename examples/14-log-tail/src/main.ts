/**
 * Follows a log file over a stream, as `tail -f` does. The client leaves its
 * loop at the first error, and the handler then closes the file.
 */

import assert from "node:assert/strict";
import { appendFile, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RequestClient, serve } from "@awaitmq/patterns";

const folder = await mkdtemp(join(tmpdir(), "log-tail-"));
const path = join(folder, "app.log");
await writeFile(path, "started\n");

let openFiles = 0;
const server = serve("tcp://127.0.0.1:*", async function* (_request, { signal }) {
  const file = await open(path);
  openFiles += 1;
  try {
    for (let rest = ""; ; ) {
      const { buffer, bytesRead } = await file.read();
      if (bytesRead === 0) await sleep(10, undefined, { signal });
      const lines = (rest + buffer.toString("utf8", 0, bytesRead)).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } finally {
    await file.close();
    openFiles -= 1;
  }
});

const client = new RequestClient({ connect: server.endpoints });
const read: string[] = [];
for await (const [line] of client.stream("app.log")) {
  console.log(`app.log: ${line}`);
  read.push(String(line));
  assert.equal(openFiles, 1);
  if (read.length === 1) await appendFile(path, "listening\nerror: disk full\nretried\n");
  if (String(line).startsWith("error")) break; // also waits for the handler's `finally`
}
assert.equal(openFiles, 0);
assert.deepEqual(read, ["started", "listening", "error: disk full"]);
console.log("The client has left, and the server has closed the file");

await client.close();
await server.stop();
await rm(folder, { recursive: true });
