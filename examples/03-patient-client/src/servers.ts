/** Server processes and their reports. */

import { type ChildProcess, fork } from "node:child_process";
import { on, once } from "node:events";

export interface Told {
  readonly endpoint?: string;
  readonly begun?: string;
  readonly gaveUp?: string;
  readonly why?: string;
}

export class ServerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #messages: AsyncIterableIterator<[Told]>;
  readonly #ended: Promise<unknown>;
  endpoint = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#messages = on(child, "message") as AsyncIterableIterator<[Told]>;
    this.#ended = once(child, "exit");
  }

  static async start(...args: string[]): Promise<ServerProcess> {
    const server = new ServerProcess(fork(new URL("./server.js", import.meta.url), args));
    server.endpoint = (await server.told()).endpoint ?? "";
    return server;
  }

  /** Resolves to the server's next report. */
  async told(): Promise<Told> {
    const { value } = await this.#messages.next();
    return value[0];
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
