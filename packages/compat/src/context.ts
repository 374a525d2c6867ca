/** The classic API of the context that all sockets share. */

import { context } from "@awaitmq/core";
import { constants } from "./constants.ts";
import { systemError } from "./errors.ts";

const names = new Map<unknown, "ioThreads" | "maxSockets">([
  [constants.ZMQ_IO_THREADS, "ioThreads"],
  [constants.ZMQ_MAX_SOCKETS, "maxSockets"],
]);

function nameOf(option: unknown): "ioThreads" | "maxSockets" {
  const name = names.get(option);
  if (name === undefined) throw systemError("EINVAL");
  return name;
}

/** libzmq's default of ZMQ_MAX_SOCKETS. Core raises it to the largest possible value. */
const defaultSockets = 1_023;
let socketsAreSet = false;

function get(name: "ioThreads" | "maxSockets"): number {
  const untouched = name === "maxSockets" && !socketsAreSet && context.maxSockets === context.maxSocketsLimit;
  return untouched ? defaultSockets : context[name];
}

function set(name: "ioThreads" | "maxSockets", value: number): void {
  context[name] = value;
  if (name === "maxSockets") socketsAreSet = true;
}

/**
 * The context of all sockets. Every instance of this class stands for the same context.
 *
 * Its options have an effect only before the first socket is opened. See zmq_ctx_set(3).
 *
 * @category Context and library
 */
export class Context {
  /** Sets the number of I/O threads. Has an effect only before the first socket. */
  static setMaxThreads(threads: number): void {
    context.ioThreads = threads;
  }

  /** The number of I/O threads that was set, or 1. */
  static getMaxThreads(): number {
    return context.ioThreads;
  }

  /** Sets the most open sockets. Has an effect only before the first socket. */
  static setMaxSockets(sockets: number): void {
    set("maxSockets", sockets);
  }

  /** The value that was set, or libzmq's default of 1 023. Until it is set, the real limit is libzmq's largest. See zmq_ctx_get(3). */
  static getMaxSockets(): number {
    return get("maxSockets");
  }

  constructor(threads?: number) {
    if (threads === undefined) return;
    if (!Number.isInteger(threads)) throw new TypeError("io_threads must be an integer");
    if (threads < 1) throw new RangeError("io_threads must be a positive number");
    context.ioThreads = threads;
  }

  /** Sets ZMQ_IO_THREADS or ZMQ_MAX_SOCKETS. See zmq_ctx_set(3). */
  setOpt(option: number, value: number): void {
    set(nameOf(option), value);
  }

  /** Returns the value that was set, or the default. See zmq_ctx_get(3). */
  getOpt(option: number): number {
    return get(nameOf(option));
  }

  /** Does nothing: the context lives as long as the process. */
  close(): void {}
}

/** The environment variable of the classic package. */
const asked = process.env.ZMQ_IO_THREADS;
if (asked !== undefined && asked !== "") {
  const threads = Number.parseInt(asked, 10);
  if (threads >= 1) context.ioThreads = threads;
  else console.warn("Invalid number in ZMQ_IO_THREADS, using 1 IO thread.");
}
