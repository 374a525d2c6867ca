/**
 * Uploads a file as the input of a call. The handler streams back how much it
 * has taken, and the client draws a bar of that.
 */

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RequestClient, serve } from "@awaitmq/patterns";

const folder = await mkdtemp(join(tmpdir(), "upload-"));
const path = join(folder, "film.bin");
const film = randomBytes(16 * 1_048_576);
await writeFile(path, film);

const server = serve("tcp://127.0.0.1:*", async function* (_request, { input, metadata }) {
  const hash = createHash("sha256");
  let taken = 0;
  for await (const [chunk] of input) {
    hash.update(chunk);
    taken += chunk.length;
    yield ["taken", String(taken)];
  }
  yield ["stored", `${metadata["file-name"]} ${hash.digest("hex")}`];
});

const client = new RequestClient({ connect: server.endpoints });
const upload = client.stream("upload", {
  // Read only as fast as the handler takes it.
  input: createReadStream(path, { highWaterMark: 131_072 }),
  metadata: { "file-name": "film.bin" },
});

let taken = 0;
let stored = "";
for await (const [kind, value] of upload) {
  if (String(kind) === "stored") {
    stored = String(value);
  } else {
    taken = Number(value);
    draw(taken / film.length);
  }
}
assert.equal(taken, film.length);
assert.equal(stored, `film.bin ${createHash("sha256").update(film).digest("hex")}`);
console.log(`${taken.toLocaleString("en")} bytes have arrived unchanged`);

await client.close();
await server.stop();
await rm(folder, { recursive: true });

/** A bar in a terminal. Elsewhere, one line per quarter. */
function draw(part: number): void {
  const bar = `${"█".repeat(Math.round(part * 40)).padEnd(40, "░")} ${Math.round(part * 100)} %`;
  if (process.stdout.isTTY) process.stdout.write(`\r${bar}${part === 1 ? "\n" : ""}`);
  else if (Number.isInteger(part * 4)) console.log(bar);
}
