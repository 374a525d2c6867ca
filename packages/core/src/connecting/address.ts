/** Addresses: their format, and errors that explain a refused one. */

import type { Cluster } from "node:cluster";
import { AddressError, MessagingError, systemError, UnsupportedError } from "../errors.ts";
import { needDescriptors } from "../native/descriptors.ts";
import { type NativeSocket, nativeCapability, nativeClasses } from "../native/native.ts";

/** The most bytes in a Unix socket path: `sun_path` without its final NUL, see unix(7). */
const longestIpcPath = 107;
/** The most characters in an `inproc://` name. See zmq_inproc(7). */
const longestInprocName = 256;

type Direction = "bind" | "connect";

/** @throws TypeError */
export function checkString(address: unknown, action: string): asserts address is string {
  if (typeof address === "string") return;
  const got = { object: address === null ? "null" : "an object", function: "a function" }[typeof address as string];
  throw new TypeError(
    `Cannot ${action}: an address must be a string such as "tcp://127.0.0.1:5555", got ${got ?? String(address)}`,
  );
}

/**
 * Checks an address before libzmq sees it. libzmq misreads some malformed addresses: it reads `tcp://host:80x` as port 80 and port 65537 as 1, and
 * ignores everything after a NUL. See zmq_tcp(7), zmq_ipc(7), zmq_inproc(7).
 *
 * @throws TypeError if it is not a string; AddressError `ERR_ADDRESS_INVALID`; UnsupportedError for a transport that this build lacks
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
  if (/\p{Surrogate}/u.test(address)) refuse("it has half a character (a lone surrogate), which UTF-8 cannot encode");
  const separator = address.indexOf("://");
  if (separator < 0) refuse('it has no transport. Write for example "tcp://127.0.0.1:5555"');
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
        refuse(`a path has at most ${longestIpcPath} bytes, but this one has ${Buffer.byteLength(rest)}`, {
          cause: systemError("ENAMETOOLONG", "the path is too long"),
        });
      if (rest === "*" && direction === "connect")
        refuse("* is only for bind. Connect to the endpoint that bind returned");
      return;
    case "inproc":
      if (rest.length > longestInprocName)
        refuse(`a name has at most ${longestInprocName} characters, but this one has ${rest.length}`);
      return;
    case "pgm":
    case "epgm":
    case "norm":
    case "tipc":
      if (!nativeCapability[transport === "epgm" ? "pgm" : transport]) throw unsupported(transport, address);
      if (transport === "tipc" && !/^[{<]/.test(rest)) refuse("write for example tipc://{5560,0,0}, see zmq_tipc(7)");
      return;
    case "udp":
    case "vmci":
    case "gssapi":
      return;
    default:
      refuse(`there is no transport ${JSON.stringify(transport)}. Use one of ${transports()}`);
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

/** libzmq does not report this capability, so this tries it. */
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
  // For connect, a local address may come first: "source;destination".
  const parts = rest.split(";");
  if (parts.length > (direction === "connect" ? 2 : 1))
    refuse('only connect accepts a source, as in "tcp://source;destination"');
  for (const [index, part] of parts.entries()) {
    const colon = part.lastIndexOf(":");
    const host = part.slice(0, colon);
    const port = part.slice(colon + 1);
    if (colon < 0) refuse("the port is missing");
    if (host === "") refuse("the host is missing. To bind to all interfaces, use *");
    if (/[\s/]/.test(host)) refuse(`a host has no ${host.includes("/") ? "slashes" : "spaces"}`);
    const isDestination = direction === "connect" && index === parts.length - 1;
    if (port === "*") {
      if (isDestination) refuse("the port * is only for bind. To connect, use a number");
    } else if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
      refuse(`a port must be a number up to 65535, got ${JSON.stringify(port)}`);
    else if (isDestination && Number(port) === 0)
      refuse("port 0 is only for bind. Connect to the endpoint that bind returned");
    if (host === "*" && isDestination) refuse("the host * is only for bind. To connect, use one host");
  }
}

function unsupported(transport: string, address: string): UnsupportedError {
  return new UnsupportedError(
    `Cannot use ${address}: this build of libzmq has no ${transport}://. Use tcp:// between machines (Publisher and Subscriber for one to many), ipc:// or inproc:// on one machine`,
  );
}

/** Without an import, so that programs without a cluster do not load the module. */
function isClusterWorker(): boolean {
  return (process.getBuiltinModule("node:cluster") as unknown as Cluster).isWorker;
}

/** Explains libzmq's error for an address. The address has passed `checkAddress`. */
export function addressError(error: unknown, action: string, address: string): MessagingError {
  const code = (error as NodeJS.ErrnoException).code;
  const said = (sentence: string) => `Cannot ${action} ${address}: ${sentence}`;
  const options = { cause: error };
  switch (code) {
    case "EADDRINUSE":
      return new AddressError(
        said(
          isClusterWorker()
            ? "the address is in use, and workers of node:cluster cannot share a ZeroMQ port. Bind in the primary and connect each worker to it, or give each worker its own port"
            : "the address is in use. Close the socket or program that uses it, or choose another address",
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
            ? "this machine has no such IPv6 address, or the socket does not have the option ipv6: true"
            : "this machine has no such interface. Bind to *, an interface name or one of the machine's IP addresses",
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
      return new AddressError(
        said("permission denied. Choose a port above 1023, or a path that this process may use"),
        "ERR_ADDRESS_UNAVAILABLE",
        address,
        options,
      );
    case "EAFNOSUPPORT":
      return new UnsupportedError(said("this machine does not support that kind of network address"), options);
    case "EPROTONOSUPPORT":
      return new UnsupportedError(
        said("this build of libzmq lacks the transport. Use tcp://, ipc:// or inproc://"),
        options,
      );
    case "ENOCOMPATPROTO":
      return new AddressError(
        said("this type of socket cannot use that transport"),
        "ERR_ADDRESS_INVALID",
        address,
        options,
      );
    case "ENAMETOOLONG":
      return new AddressError(
        said(
          `the path of the folder for temporary files (TMPDIR) is too long. A socket path has at most ${longestIpcPath} bytes`,
        ),
        "ERR_ADDRESS_UNAVAILABLE",
        address,
        options,
      );
    case "EMFILE":
      return new MessagingError(
        said("the process cannot open more sockets or file descriptors. Close some, or raise the limit (ulimit -n)"),
        {
          ...options,
          code: "ERR_SOCKET_LIMIT",
        },
      );
    default:
      return new AddressError(said((error as Error).message), "ERR_ADDRESS_INVALID", address, options);
  }
}
