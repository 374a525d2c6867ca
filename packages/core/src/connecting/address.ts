/** Addresses: what they may look like, and what is wrong with one that libzmq refuses. */

import type { Cluster } from "node:cluster";
import { AddressError, MessagingError, systemError, UnsupportedError } from "../errors.ts";
import { needDescriptors } from "../native/descriptors.ts";
import { type NativeSocket, nativeCapability, nativeClasses } from "../native/native.ts";

/** Bytes that a Unix socket path may have: `sun_path` less its final NUL, see unix(7). */
const longestIpcPath = 107;
/** See zmq_inproc(7). */
const longestInprocName = 256;

type Direction = "bind" | "connect";

/** @throws TypeError */
export function checkString(address: unknown, action: string): asserts address is string {
  if (typeof address === "string") return;
  const got = { object: address === null ? "null" : "an object", function: "a function" }[typeof address as string];
  throw new TypeError(
    `Cannot ${action}: an address is a string such as "tcp://127.0.0.1:5555", got ${got ?? String(address)}`,
  );
}

/**
 * Checks an address before libzmq sees it, for libzmq reads some malformed ones as others: `tcp://host:80x` as port 80,
 * port 65537 as 1, and anything after a NUL not at all. See zmq_tcp(7), zmq_ipc(7), zmq_inproc(7).
 *
 * @throws TypeError when it is no string, AddressError `ERR_ADDRESS_INVALID`, UnsupportedError for a transport that this
 * build lacks.
 */
export function checkAddress(address: unknown, direction: Direction): asserts address is string {
  checkString(address, direction);
  const refuse = (why: string, options?: ErrorOptions) => {
    throw new AddressError(
      `Cannot ${direction} to ${JSON.stringify(address)}: ${why}`,
      "ERR_ADDRESS_INVALID",
      address,
      options,
    );
  };
  if (address.includes("\0")) refuse("it has a NUL character");
  if (/\p{Surrogate}/u.test(address))
    refuse("it has half a character (a lone surrogate), which UTF-8 can't tell apart");
  const separator = address.indexOf("://");
  if (separator < 0) refuse('it has no transport; write for example "tcp://127.0.0.1:5555"');
  const transport = address.slice(0, separator);
  const rest = address.slice(separator + 3);
  if (rest === "") refuse(`nothing follows ${transport}://`);
  switch (transport) {
    case "tcp":
      return checkTcp(rest, direction, refuse);
    case "ws":
    case "wss":
      return checkTcp(rest.replace(/\/.*$/s, ""), direction, refuse);
    case "ipc":
      if (!nativeCapability.ipc) throw unsupported(transport, address);
      if (Buffer.byteLength(rest) > longestIpcPath)
        refuse(`a path has at most ${longestIpcPath} bytes, this one ${Buffer.byteLength(rest)}`, {
          cause: systemError("ENAMETOOLONG", "the path is too long"),
        });
      if (rest === "*" && direction === "connect") refuse("* is an address to bind to, not one to connect to");
      return;
    case "inproc":
      if (rest.length > longestInprocName)
        refuse(`a name has at most ${longestInprocName} characters, this one ${rest.length}`);
      return;
    case "pgm":
    case "epgm":
    case "norm":
    case "tipc":
      if (!nativeCapability[transport === "epgm" ? "pgm" : transport]) throw unsupported(transport, address);
      if (transport === "tipc" && !/^[{<]/.test(rest)) refuse("it is like tipc://{5560,0,0}, see zmq_tipc(7)");
      return;
    case "udp":
    case "vmci":
    case "gssapi":
      return;
    default:
      refuse(`there is no transport ${JSON.stringify(transport)}; there are ${transports()}`);
  }
}

/** The transports of this build. */
function transports(): string {
  const { ipc, pgm, norm, tipc, draft } = nativeCapability;
  const names = [
    "tcp",
    ipc && "ipc",
    "inproc",
    hasWebSockets() && "ws",
    draft && "udp",
    tipc && "tipc",
    pgm && "pgm",
    norm && "norm",
  ];
  const there = names.filter((name) => typeof name === "string");
  return `${there.slice(0, -1).join(", ")} and ${there.at(-1)}`;
}

/** libzmq tells of no such capability. */
function hasWebSockets(): boolean {
  let probe: NativeSocket | undefined;
  try {
    needDescriptors(5, "open a first socket");
    probe = new nativeClasses.Pair({ linger: 0 });
    probe.connect("ws://127.0.0.1:1");
    return true;
  } catch {
    return false;
  } finally {
    probe?.close();
  }
}

function checkTcp(rest: string, direction: Direction, refuse: (why: string) => void): void {
  // A connecting socket may name the local address to use first: "source;destination".
  const parts = rest.split(";");
  if (parts.length > (direction === "connect" ? 2 : 1))
    refuse('only connect takes a source, as "tcp://source;destination"');
  for (const [index, part] of parts.entries()) {
    const colon = part.lastIndexOf(":");
    const host = part.slice(0, colon);
    const port = part.slice(colon + 1);
    if (colon < 0) refuse("the port is missing");
    if (host === "") refuse("the host is missing; * stands for all interfaces when binding");
    if (/[\s/]/.test(host)) refuse(`a host has no ${host.includes("/") ? "slashes" : "spaces"}`);
    const isDestination = direction === "connect" && index === parts.length - 1;
    if (port === "*") {
      if (isDestination) refuse("a port to connect to is a number; * is for bind");
    } else if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
      refuse(`a port is a number up to 65535, got ${JSON.stringify(port)}`);
    else if (isDestination && Number(port) === 0) refuse("port 0 can be bound to, not connected to");
    if (host === "*" && isDestination) refuse("* stands for all interfaces when binding; connect needs one host");
  }
}

function unsupported(transport: string, address: string): UnsupportedError {
  return new UnsupportedError(
    `Cannot use ${address}: this build of libzmq has no ${transport}://; use tcp:// between machines (Publisher and Subscriber for one to many), ipc:// or inproc:// on one machine`,
  );
}

/** Not by an import, which would load what programs without a cluster never need. */
function isClusterWorker(): boolean {
  return (process.getBuiltinModule("node:cluster") as unknown as Cluster).isWorker;
}

/** Puts what libzmq said of an address into words. `checkAddress` has passed. */
export function addressError(error: unknown, action: string, address: string): MessagingError {
  const code = (error as NodeJS.ErrnoException).code;
  const said = (sentence: string) => `Cannot ${action} ${address}: ${sentence}`;
  const options = { cause: error };
  switch (code) {
    case "EADDRINUSE":
      return new AddressError(
        said(
          isClusterWorker()
            ? "the address is in use, and the workers of node:cluster share no ZeroMQ port. Bind in the primary and connect each worker to it, or give each worker a port of its own"
            : "the address is in use",
        ),
        "ERR_ADDRESS_IN_USE",
        address,
        options,
      );
    case "EADDRNOTAVAIL":
    case "ENODEV":
      return new AddressError(
        said(
          /:.*:.*:/.test(address)
            ? "this machine has no such IPv6 address, or the socket was opened without the option ipv6"
            : "this machine has no such interface; bind to *, an interface name or one of the machine's IP addresses",
        ),
        "ERR_ADDRESS_UNAVAILABLE",
        address,
        options,
      );
    case "ENOENT":
      return new AddressError(
        said(
          action.startsWith("bind") || action.startsWith("connect")
            ? "its folder does not exist"
            : "this socket has no such endpoint",
        ),
        "ERR_ADDRESS_UNAVAILABLE",
        address,
        options,
      );
    case "EACCES":
    case "EPERM":
      return new AddressError(said("permission denied"), "ERR_ADDRESS_UNAVAILABLE", address, options);
    case "EAFNOSUPPORT":
      return new UnsupportedError(said("this machine has no such network"), options);
    case "EPROTONOSUPPORT":
      return new UnsupportedError(
        said("this build of libzmq lacks the transport; use tcp://, ipc:// or inproc://"),
        options,
      );
    case "ENOCOMPATPROTO":
      return new AddressError(
        said("this type of socket can't use that transport"),
        "ERR_ADDRESS_INVALID",
        address,
        options,
      );
    case "ENAMETOOLONG":
      return new AddressError(
        said(`the folder for temporary files (TMPDIR) is too long: a path has at most ${longestIpcPath} bytes`),
        "ERR_ADDRESS_UNAVAILABLE",
        address,
        options,
      );
    case "EMFILE":
      return new MessagingError(said("no more sockets or file descriptors can be opened (see ulimit -n)"), {
        ...options,
        code: "ERR_SOCKET_LIMIT",
      });
    default:
      return new AddressError(said((error as Error).message), "ERR_ADDRESS_INVALID", address, options);
  }
}
