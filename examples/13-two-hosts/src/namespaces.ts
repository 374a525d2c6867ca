/**
 * Two hosts on one machine: network namespaces, connected by a cable that can
 * be cut. See ip-netns(8).
 */

import { execFileSync } from "node:child_process";

export class TwoHosts implements Disposable {
  readonly #one = `amq${process.pid}a`;
  readonly #two = `amq${process.pid}b`;
  /** The address of the second host, as the first one sees it. */
  readonly address = "10.77.0.2";

  /** @throws Error if the system has no `ip` command, or does not permit it */
  constructor() {
    try {
      for (const host of [this.#one, this.#two]) ip("netns", "add", host);
      ip("link", "add", this.#one, "netns", this.#one, "type", "veth", "peer", "name", this.#two, "netns", this.#two);
      for (const [host, address] of [
        [this.#one, "10.77.0.1"],
        [this.#two, this.address],
      ] as const) {
        ip("-n", host, "address", "add", `${address}/24`, "dev", host);
        ip("-n", host, "link", "set", host, "up");
        ip("-n", host, "link", "set", "lo", "up");
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** The command that runs a program on a host, and its first arguments. */
  on(host: "one" | "two"): [command: string, ...args: string[]] {
    return ["ip", "netns", "exec", host === "one" ? this.#one : this.#two, process.execPath];
  }

  cut(): void {
    ip("-n", this.#two, "link", "set", this.#two, "down");
  }

  heal(): void {
    ip("-n", this.#two, "link", "set", this.#two, "up");
  }

  [Symbol.dispose](): void {
    for (const host of [this.#one, this.#two]) {
      try {
        ip("netns", "delete", host);
      } catch {
        // It was never created.
      }
    }
  }
}

function ip(...args: string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
}
