/** The state of the connections that one socket makes, for errors that explain a timeout. */

import type { SocketEvent } from "./monitor.ts";

interface Connection {
  /** Whether the handshake is done. */
  isReady: boolean;
  wasReady: boolean;
  /** The progress of the current attempt. */
  step: "none" | "asked" | "closed" | "connected";
  /** When the system was asked to connect, in this attempt. */
  asked: number | undefined;
  /** Why the connection or its handshake failed. */
  failure: { readonly reached: boolean; readonly reason: string } | undefined;
}

/** Milliseconds after which a failed connection was not refused, but had no answer. */
const longestRefusal = 1_000;
/** The most addresses that an error names. */
const mostNamed = 3;

export class Connections {
  readonly #connections = new Map<string, Connection>();
  /** Whether a connection to another process was requested and may not be established. */
  mayLack = false;

  /** To be called with every event of the socket. */
  readonly note = (event: SocketEvent): void => {
    if (!("address" in event)) return;
    const connection = this.#at(event.address);
    switch (event.type) {
      case "connect:delay":
        connection.step = "asked";
        connection.asked = performance.now();
        break;
      case "close":
        connection.step = "closed";
        break;
      case "connect:retry":
        if (connection.step !== "connected")
          connection.failure = { reached: false, reason: failureOf(connection, event.address) };
        connection.step = "none";
        connection.asked = undefined;
        break;
      case "connect":
        connection.step = "connected";
        connection.failure = { reached: true, reason: "no handshake has come" };
        break;
      case "handshake":
        connection.isReady = true;
        connection.wasReady = true;
        connection.failure = undefined;
        break;
      case "handshake:error:protocol":
      case "handshake:error:auth":
      case "handshake:error:other":
        connection.failure = {
          reached: true,
          reason: event.error.reason === "other" ? "the peer ended the handshake" : "the handshake failed",
        };
        break;
      case "disconnect":
        connection.isReady = false;
        this.mayLack = true;
        break;
      default:
    }
  };

  /** Why there is no connection to these addresses, as a clause. Undefined if there is one. */
  explain(addresses: readonly string[]): string | undefined {
    if (addresses.length === 0 || addresses.some((address) => this.#at(address).isReady)) return undefined;
    const clauses = addresses.slice(0, mostNamed).map((address) => this.describe(address));
    if (addresses.length > mostNamed) clauses.push(`and ${addresses.length - mostNamed} more`);
    const isReached = addresses.some((address) => this.#at(address).failure?.reached);
    const advice = isReached
      ? "Check what listens there, its type and its keys"
      : "Start the peer, or check the address";
    return `${clauses.join("; ")}. ${advice}`;
  }

  /** Why there is no connection to this address, as a clause. */
  describe(address: string): string {
    return describe(this.#at(address), address);
  }

  #at(address: string): Connection {
    // libzmq appends the path to addresses of WebSockets.
    const key = address.replace(/^(wss?:\/\/[^/]*)\/$/, "$1");
    let connection = this.#connections.get(key);
    if (connection === undefined) {
      connection = { isReady: false, wasReady: false, step: "none", asked: undefined, failure: undefined };
      this.#connections.set(key, connection);
    }
    return connection;
  }
}

/** The reason, derived from the events before a retry. libzmq does not report the system's error. */
function failureOf({ step, asked }: Connection, address: string): string {
  if (asked !== undefined) return performance.now() - asked < longestRefusal ? "connection refused" : "no answer";
  if (address.startsWith("ipc:")) return "nobody is bound there";
  if (step === "closed") return "unreachable";
  if (address.includes("[")) return "unreachable; IPv6 needs the option ipv6: true";
  return "unknown host";
}

function describe({ failure, wasReady }: Connection, address: string): string {
  if (failure === undefined) return `${wasReady ? "no longer" : "not yet"} connected to ${address}`;
  if (failure.reached) return `reached ${address}, but ${failure.reason}`;
  return `${wasReady ? "no longer" : "never"} connected to ${address} (${failure.reason})`;
}
