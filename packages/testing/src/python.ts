/** Finds the Python that interop tests talk to. */

import { execFileSync } from "node:child_process";

/** The system's own first: that is where a system package of pyzmq goes. */
const candidates = ["/usr/bin/python3", "python3"];

let found: string | undefined;
let searched = false;

/**
 * The path of a Python 3 that can `import zmq`, or undefined where there is none, so that a test can skip itself.
 * With `AWAITMQ_REQUIRE_INTEROP` set to anything but an empty string, as in CI, it throws instead.
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
