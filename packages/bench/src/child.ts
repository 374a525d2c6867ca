/** The script of every child process: `child.js <role> <work as JSON>`, with a channel to the parent. */

import { roles } from "./roles/list.ts";
import type { Role, Told } from "./roles/role.ts";

// The parent kills its children; if it dies first, they exit. The listener keeps this process alive until then.
process.on("disconnect", () => process.exit());

const [role = "", work = "{}"] = process.argv.slice(2);
const tell = (told: Told) => {
  if (process.connected) process.send?.(told);
};
// The parent asks for the resident memory by any message.
process.on("message", () => tell({ kind: "resident", bytes: process.memoryUsage.rss() }));
try {
  await (roles[role as keyof typeof roles] as Role<unknown>)(JSON.parse(work), tell);
} catch (error) {
  tell({ kind: "error", error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
