/** Child processes of a test: what they print, how they end, and that none outlives the test. */

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { patience } from "./patience.ts";

export interface ProcessOptions {
  /** Arguments after the script. */
  readonly args?: readonly string[];
  /** Added to this process's environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Arguments before the script. None is inherited from this process. */
  readonly execArgv?: readonly string[];
  /** What runs the script. @default this Node */
  readonly command?: string;
  readonly cwd?: string;
  /**
   * Makes the child lead a process group, and `kill` and disposal reach all of it, as Ctrl-C in a terminal does.
   * @default false
   */
  readonly group?: boolean;
}

export interface RunOptions extends ProcessOptions {
  /** Milliseconds until the child is killed and the run rejects. @default 150_000 */
  readonly timeout?: number;
}

export interface LineOptions {
  /** Milliseconds to wait for the line. @default 150_000 */
  readonly timeout?: number;
}

/** How a child ended. One of `code` and `signal` is null. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds from the start to the exit, Node's own start included. */
  readonly elapsed: number;
}

/** Grandchildren may hold the pipes open; this many milliseconds after the exit they are no longer read. */
const pipeGrace = 1_000;

/** Runs a script to its end. Whatever the exit code, it resolves; it rejects when the child had to be killed for its time. */
export async function run(
  script: string | URL,
  { timeout = patience, ...options }: RunOptions = {},
): Promise<Finished> {
  await using child = spawnProcess(script, options);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, timeout);
  try {
    const finished = await child.exited;
    if (late) throw new Error(`${child} did not end within ${timeout} ms${child.output}`);
    return finished;
  } finally {
    clearTimeout(timer);
  }
}

/** Starts a script and returns at once. Scripts are plain JavaScript: Node 20 cannot run TypeScript. */
export function spawnProcess(script: string | URL, options: ProcessOptions = {}): RunningProcess {
  return new RunningProcess(typeof script === "string" ? script : fileURLToPath(script), options);
}

/** Whether a process still runs. One that has ended and only waits for its parent to take note does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  if (process.platform !== "linux") return true;
  try {
    // The state follows the command, which stands in parentheses and may hold any character.
    return !/\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** A child that runs. Its owner disposes of it, which kills it if it still runs, and waits for its end. */
export class RunningProcess implements AsyncDisposable {
  /** Resolves when the child has exited and its output is complete; rejects when it could not be started. */
  readonly exited: Promise<Finished>;
  /** What it has written so far. */
  stdout = "";
  stderr = "";

  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #group: boolean;
  readonly #started = performance.now();
  readonly #wake = new Set<() => void>();
  #read = 0;
  #ended = false;

  constructor(script: string, options: ProcessOptions) {
    const { args = [], env = {}, execArgv = [], command = process.execPath, cwd, group = false } = options;
    this.#name = [script, ...args].join(" ");
    this.#group = group;
    this.#child = spawn(command, [...execArgv, script, ...args], {
      cwd,
      env: { ...process.env, ...env },
      detached: group,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
      this.#wakeAll();
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.exited = this.#untilExit();
    this.exited.catch(() => {});
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Both outputs, laid out for the message of an error. */
  get output(): string {
    return `\n--- stdout\n${this.stdout}\n--- stderr\n${this.stderr}`;
  }

  /**
   * Resolves to the next whole line of stdout that matches, leaving out those before it; a later call starts behind it.
   * Rejects when the child ends first or the time is over.
   */
  async line(pattern: RegExp | string, { timeout = patience }: LineOptions = {}): Promise<string> {
    const deadline = performance.now() + timeout;
    for (;;) {
      const line = this.#nextLine(pattern);
      if (line !== undefined) return line;
      if (this.#ended) throw new Error(`${this} ended before it wrote a line with ${pattern}${this.output}`);
      if (performance.now() >= deadline) {
        throw new Error(`${this} wrote no line with ${pattern} within ${timeout} ms${this.output}`);
      }
      await this.#change(deadline - performance.now());
    }
  }

  /** Sends a signal; false when the child (with `group`, all of its group) is gone. @default "SIGTERM" */
  kill(signal: NodeJS.Signals = "SIGTERM"): boolean {
    if (!this.#group || this.pid === undefined) return this.#child.kill(signal);
    try {
      return process.kill(-this.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.exited.catch(() => {});
  }

  toString(): string {
    return `Process ${this.pid ?? "(not started)"} (${this.#name})`;
  }

  #nextLine(pattern: RegExp | string): string | undefined {
    for (let start = this.#read; ; ) {
      const newline = this.stdout.indexOf("\n", start);
      const end = newline === -1 && this.#ended ? this.stdout.length : newline;
      if (end <= start && newline === -1) return undefined;
      const line = this.stdout.slice(start, end).replace(/\r$/, "");
      start = end + 1;
      if (typeof pattern === "string" ? line.includes(pattern) : line.search(pattern) !== -1) {
        this.#read = start;
        return line;
      }
    }
  }

  /** Resolves at the next output, at the end of the child, or after that many milliseconds. */
  #change(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#wake.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.max(0, milliseconds));
      this.#wake.add(wake);
    });
  }

  #wakeAll(): void {
    for (const wake of [...this.#wake]) wake();
  }

  #untilExit(): Promise<Finished> {
    return new Promise<Finished>((resolve, reject) => {
      let elapsed = 0;
      let grace: NodeJS.Timeout | undefined;
      this.#child.once("error", reject);
      this.#child.once("exit", () => {
        elapsed = performance.now() - this.#started;
        grace = setTimeout(() => {
          this.#child.stdout?.destroy();
          this.#child.stderr?.destroy();
        }, pipeGrace);
      });
      this.#child.once("close", (code, signal) => {
        clearTimeout(grace);
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr, elapsed });
      });
    }).finally(() => {
      this.#ended = true;
      this.#wakeAll();
    });
  }
}
