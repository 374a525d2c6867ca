/** The child processes of one measurement. They end with it. */

import { type ChildProcess, fork } from "node:child_process";
import { on, once } from "node:events";
import { fileURLToPath } from "node:url";
import type { roles } from "./roles/list.ts";
import type { Report, Told } from "./roles/role.ts";

type Roles = typeof roles;

/** The time limit of a measurement in milliseconds, so that a hanging peer fails. */
const longest = 600_000;

const script = fileURLToPath(new URL("./child.js", import.meta.url));

/** The promises of a child. Both reject when any child of the measurement fails. */
interface RunningRole {
  readonly endpoint: Promise<string>;
  readonly report: Promise<Report>;
}

export class Processes implements AsyncDisposable {
  readonly #children: ChildProcess[] = [];
  readonly #failed: Promise<never>;
  #fail!: (error: Error) => void;
  #ending = false;
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#failed = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    this.#failed.catch(() => {});
    this.#timer = setTimeout(() => this.#fail(new Error(`no result within ${longest} ms`)), longest);
  }

  start<Name extends keyof Roles>(name: Name, work: Parameters<Roles[Name]>[0]): RunningRole {
    const child = fork(script, [name, JSON.stringify(work)]);
    this.#children.push(child);
    const told = <Kind extends Told["kind"], Value>(
      kind: Kind,
      take: (told: Extract<Told, { kind: Kind }>) => Value,
    ) => {
      const heard = new Promise<Value>((resolve) => {
        child.on("message", (message: Told) => {
          if (message.kind === kind) resolve(take(message as Extract<Told, { kind: Kind }>));
        });
      });
      const value = Promise.race([heard, this.#failed]);
      // Not every promise is awaited, so avoid unhandled rejections.
      value.catch(() => {});
      return value;
    };
    void told("error", ({ error }) => this.#fail(new Error(`${name}: ${error}`)));
    child.on("error", (cause) => this.#fail(new Error(`${name} could not be started`, { cause })));
    child.on("exit", (code, signal) => {
      if (!this.#ending) this.#fail(new Error(`${name} ended early (${signal ?? `exit code ${code}`})`));
    });
    return { endpoint: told("endpoint", ({ endpoint }) => endpoint), report: told("report", ({ report }) => report) };
  }

  /** Returns the resident memory of all children together, in bytes. One call at a time. */
  async resident(): Promise<number> {
    const sizes = this.#children.map(async (child) => {
      child.send({});
      for await (const [told] of on(child, "message") as AsyncIterable<[Told]>) {
        if (told.kind === "resident") return told.bytes;
      }
      return 0;
    });
    const all = Promise.all(sizes);
    all.catch(() => {});
    return (await Promise.race([all, this.#failed])).reduce((sum, bytes) => sum + bytes, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending = true;
    clearTimeout(this.#timer);
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
        child.kill("SIGKILL");
        await once(child, "exit");
      }),
    );
  }
}
