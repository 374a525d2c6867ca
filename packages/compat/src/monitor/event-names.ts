/** Events of a socket's connections: their names and values in the classic package. */

import type { SocketEvent } from "@awaitmq/core";
import { classicError } from "../errors.ts";

/**
 * `zmq.events`: the names of events, by the numbers of zmq_socket_monitor(3).
 *
 * @category Options
 */
export const events = {
  1: "connect",
  2: "connect_delay",
  4: "connect_retry",
  8: "listen",
  16: "bind_error",
  32: "accept",
  64: "accept_error",
  128: "close",
  256: "close_error",
  512: "disconnect",
} as const;

const names: Readonly<Record<string, string>> = {
  connect: "connect",
  "connect:delay": "connect_delay",
  "connect:retry": "connect_retry",
  bind: "listen",
  "bind:error": "bind_error",
  accept: "accept",
  "accept:error": "accept_error",
  close: "close",
  "close:error": "close_error",
  disconnect: "disconnect",
};

/** No value: zeromq 6 does not report the file descriptor of a connection. */
const unknown = -1;

/** The name of an event, and the arguments of its listeners. */
export type ClassicEvent = readonly [name: string, value: number, endpoint: string, error?: Error];

/** Undefined for events that the classic package did not have. */
export function classicEvent(event: SocketEvent): ClassicEvent | undefined {
  const name = names[event.type];
  if (name === undefined) return undefined;
  const { interval, error, address } = event as {
    interval?: number;
    error?: { errno?: number } | undefined;
    address?: string;
  };
  const told = [name, interval ?? error?.errno ?? unknown, address ?? ""] as const;
  return error === undefined ? told : [...told, classicError(error)];
}
