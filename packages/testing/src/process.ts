/** Child processes of a test: their output and their exit. No child outlives the test. */

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { patience } from "./patience.ts";

export interface ProcessOptions {
  /** Arguments after the script. */
  readonly args?: readonly string[];
  /** Added to this process's environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Arguments before the script. This process's own are not inherited. */
  readonly execArgv?: readonly string[];
  /** The program that runs the script. @default this Node */
  readonly command?: string;
  readonly cwd?: string;
  /**
   * Makes the child lead a process group. `kill` and disposal then signal the whole group, as Ctrl-C in a terminal does.
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

/** The exit of a child. Either `code` or `signal` is null. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds from start to exit, including Node's own startup. */
  readonly elapsed: number;
}

/** Milliseconds after the exit until the pipes are no longer read, because grandchildren may keep them open. */
const pipeGrace = 1_000;

/** Runs a script to its end. It resolves with any exit code, and rejects when the child timed out and was killed. */
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

/** Whether a process still runs. A zombie, which waits only for its parent, does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  if (process.platform !== "linux") return true;
  try {
    // The state follows the command, which is in parentheses and may contain any character.
    return !/\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** A running child. Its owner must dispose of it, which kills the child if it still runs and waits for its end. */
export class RunningProcess implements AsyncDisposable {
  /** Resolves when the child has exited and its output is complete; rejects if it could not be started. */
  readonly exited: Promise<Finished>;
  /** The output so far. */
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

  /** Both outputs, formatted for an error message. */
  get output(): string {
    return `\n--- stdout\n${this.stdout}\n--- stderr\n${this.stderr}`;
  }

  /**
   * Resolves to the next complete line of stdout that matches, and skips the lines before it. A later call starts after it.
   * Rejects when the child ends first or the call times out.
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

  /** Sends a signal. Returns false when the child (with `group`, its whole group) has ended. @default "SIGTERM" */
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

  /** Resolves at the next output, at the child's end, or after the given milliseconds. */
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
