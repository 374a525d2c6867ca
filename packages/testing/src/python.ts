/** Finds the Python for interop tests. */

import { execFileSync } from "node:child_process";

/** The system's Python comes first: a system package of pyzmq installs there. */
const candidates = ["/usr/bin/python3", "python3"];

let found: string | undefined;
let searched = false;

/**
 * Returns the path of a Python 3 that can `import zmq`. Without one it returns undefined, so that a test can skip itself.
 * If `AWAITMQ_REQUIRE_INTEROP` is set and not empty, as in CI, it throws instead.
 */
export function python(): string | undefined {
  if (!searched) {
    found = candidates.map(withZmq).find((path) => path !== undefined);
    searched = true;
  }
  if (found === undefined && process.env.AWAITMQ_REQUIRE_INTEROP) {
    throw new Error(`AWAITMQ_REQUIRE_INTEROP is set, but none of ${candidates.join(", ")} can import zmq`);
  }
  return found;
}

function withZmq(candidate: string): string | undefined {
  try {
    return execFileSync(candidate, ["-c", "import sys, zmq; print(sys.executable)"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 100_000,
    }).trim();
  } catch {
    return undefined;
  }
}
