/** Explains why a call has no reply, or why a client lacks servers. */

import { HandshakeError, TimeoutError } from "@awaitmq/core";
import { UnavailableError } from "../../errors.ts";
import type { Call } from "./call.ts";
import type { Link } from "./link.ts";

const lookForServer = "Start the server or check the address.";
const lookAtKeys = "Check the keys or the login of both ends.";
const lookAtPort = "Check that a ZeroMQ socket is bound there.";

/** The requests that count towards `maxInFlight`, and how many of them are streams that were left. */
interface Full {
  readonly held: number;
  readonly left: number;
}

/** @param full set if `maxInFlight` is reached */
export function noReply(call: Call, links: readonly Link[], full?: Full): TimeoutError {
  const cause = links.map(({ connection }) => connection.report.handshakeError).find((error) => error !== undefined);
  return new TimeoutError(
    `No reply within ${call.timeout} ms: ${why(call, links, full)}`,
    cause === undefined ? undefined : { cause },
  );
}

export function noItem(idleTimeout: number): TimeoutError {
  return new TimeoutError(`No item came within ${idleTimeout} ms (idleTimeout). Raise it, or check the handler.`);
}

export function notEnded(timeout: number): TimeoutError {
  return new TimeoutError(
    `The stream did not end within ${timeout} ms (timeout). Raise it, or omit it for an endless stream.`,
  );
}

export function notReady(servers: number, timeout: number, links: readonly Link[]): TimeoutError {
  const count = links.filter(({ isUp }) => isUp).length;
  const rest = whyDown(links) ?? "the client has no other servers. Connect it to more.";
  return new TimeoutError(`Only ${count} of ${servers} servers were connected within ${timeout} ms: ${rest}`);
}

export function notConnected(): UnavailableError {
  return new UnavailableError(
    "Cannot send a request: no server is connected. Await ready(), or let the call wait (waitForServer).",
  );
}

/** A new error for each waiting call, so that its stack shows the caller. */
export function refused(refusal: HandshakeError): HandshakeError {
  const { address, reason, message } = refusal;
  return new HandshakeError(`The server refused this client: ${message}. ${lookAtKeys}`, address, reason, {
    cause: refusal,
  });
}

function why(call: Call, links: readonly Link[], full: Full | undefined): string {
  const [attempt] = call.attempts;
  if (attempt !== undefined) {
    const to = call.attempts.map(({ link }) => link.endpoint).join(" and to ");
    if (!attempt.sending.hasLeft) return `not sent, because the queue to ${to} is full. Send less, or add a server.`;
    return `sent to ${to}, but not answered. Raise the timeout, or check the server.`;
  }
  if (full !== undefined && links.length > 0) {
    const left = full.left === 0 ? "" : `, ${full.left} of them in streams that were left and have not ended`;
    return `${full.held} requests are already in flight (maxInFlight)${left}. Raise maxInFlight, or add a server.`;
  }
  return whyDown(links) ?? "no server took it in time. Raise the timeout.";
}

/** Undefined if each server is up. */
function whyDown(links: readonly Link[]): string | undefined {
  if (links.length === 0) return "the client has no server. Connect it to one.";
  const down = links.filter(({ isUp }) => !isUp);
  const [first] = down;
  return first === undefined ? undefined : `${down.map(describe).join("; ")}. ${adviceFor(first)}`;
}

function describe({ endpoint, state, connection: { report } }: Link): string {
  if (state === "stopping") return `the server at ${endpoint} is shutting down`;
  if (report.refusal !== undefined) return `connected to ${endpoint}, which refused: ${report.refusal.message}`;
  return report.reason;
}

function adviceFor({ connection: { report } }: Link): string {
  if (report.refusal !== undefined) return lookAtKeys;
  return report.isSilent ? lookAtPort : lookForServer;
}
