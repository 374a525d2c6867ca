/** A TCP relay between two peers that a test can slow down, stall and cut. */

import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { freshTcp } from "./endpoint.ts";

export interface FlakyLinkOptions {
  /** Additional latency of every byte in milliseconds, per direction. @default 0 */
  readonly delay?: number;
  /** The highest throughput in bytes per second, per connection and direction. @default Infinity */
  readonly throttle?: number;
}

/** Bytes that one direction of a connection may hold before its sender feels backpressure. */
const window = 65_536;
/** Milliseconds' worth of bytes that a throttled direction writes at once. */
const slice = 20;

/**
 * Listens at `address` and relays every connection to a target on 127.0.0.1. It never changes or reorders bytes: a real network
 * can only slow down, stall or break a TCP connection.
 */
export class FlakyLink implements AsyncDisposable {
  /** The endpoint for peers: `tcp://127.0.0.1:<port>`, the same after `cut` and `restore`. */
  readonly address: string;
  /** May change at any time; bytes in flight keep their old delay. */
  delay: number;
  throttle: number;

  /** Bytes relayed so far, in both directions. */
  relayed = 0;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #gate: Gate | undefined;
  #connections = 0;

  private constructor(address: string, target: number, { delay = 0, throttle = Infinity }: FlakyLinkOptions) {
    this.address = address;
    this.delay = delay;
    this.throttle = throttle;
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#relay(socket));
  }

  /** Opens a link to a port on 127.0.0.1: a number, or the end of a `tcp://` endpoint. The port may still be without a listener. */
  static async open(target: number | string, options: FlakyLinkOptions = {}): Promise<FlakyLink> {
    const link = new FlakyLink(await freshTcp(), portOf(target), options);
    await link.restore();
    return link;
  }

  /** The number of open connections. */
  get connections(): number {
    return this.#connections;
  }

  /** Resets all connections and refuses new ones until `restore`. Bytes in flight are lost. */
  async cut(): Promise<void> {
    const closed = this.#server.listening && new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
  }

  /** Accepts connections again. Does nothing if the link was not cut. */
  async restore(): Promise<void> {
    if (this.#server.listening) return;
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(portOf(this.address), "127.0.0.1", () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }

  /** Stops reading and writing on all connections. They stay open: the peers' buffers fill, which causes backpressure. */
  stall(): void {
    this.#gate ??= new Gate();
    for (const socket of this.#sockets) socket.pause();
  }

  /** Resumes reading and writing after `stall`. */
  resume(): void {
    this.#gate?.open();
    this.#gate = undefined;
    for (const socket of this.#sockets) socket.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.resume();
    await this.cut();
  }

  #relay(near: Socket): void {
    const far = connect({ port: this.#target, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    this.#connections++;
    near.once("close", () => this.#connections--);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", (hadError) => {
        this.#sockets.delete(socket);
        // After a clean end, the other side first gets its delayed bytes, and then ends.
        if (hadError) other.resetAndDestroy();
      });
    }
    this.#pump(near, far);
    this.#pump(far, near);
  }

  /** Moves bytes in one direction, in order: each chunk waits for the previous one, then for its own delay. */
  #pump(from: Socket, to: Socket): void {
    let held = 0;
    let last = Promise.resolve();
    from.on("data", (chunk) => {
      const due = performance.now() + this.delay;
      held += chunk.length;
      if (held >= window) from.pause();
      last = last.then(async () => {
        await this.#write(to, chunk, due);
        held -= chunk.length;
        if (held < window && this.#gate === undefined) from.resume();
      });
    });
    from.once("end", () => {
      last = last.then(() => void to.end());
    });
    if (this.#gate !== undefined) from.pause();
  }

  async #write(to: Socket, chunk: Buffer, due: number): Promise<void> {
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait);
    for (let at = 0; at < chunk.length && !to.destroyed; ) {
      await this.#gate?.opened;
      const rate = this.throttle;
      const end = rate === Infinity ? chunk.length : at + Math.max(1, Math.floor((rate * slice) / 1_000));
      const piece = chunk.subarray(at, end);
      at = end;
      this.relayed += piece.length;
      if (!to.write(piece)) await drained(to);
      if (rate !== Infinity) await sleep((piece.length / rate) * 1_000);
    }
  }
}

/** Starts closed; `opened` resolves once, when it opens. */
class Gate {
  open: () => void = () => {};
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off("drain", done).off("close", done);
      resolve();
    };
    socket.on("drain", done).on("close", done);
  });
}

function portOf(target: number | string): number {
  const port = typeof target === "number" ? target : Number(/:(\d+)$/.exec(target)?.[1]);
  if (!Number.isInteger(port))
    throw new TypeError(`A port or an endpoint that ends in one was expected, not ${target}`);
  return port;
}
