/**
 * The security mechanism that a program asked for, checked before a connection can run on less. libzmq lets a CURVE side without a key of its own run on a
 * key of zeros, which anybody has, and takes CURVE back when an option of PLAIN is set behind it, also to false. zmq_curve(7), zmq_plain(7)
 */

import type { NativeSocket } from "../native/native.ts";
import { z85 } from "./z85.ts";

const keys: ReadonlySet<string> = new Set(["curvePublicKey", "curveSecretKey", "curveServerKey"]);
const texts: ReadonlySet<string> = new Set([...keys, "plainUsername", "plainPassword", "zapDomain"]);

/** The options that ask for a mechanism. */
const names = ["curveServer", "plainServer", "plainUsername", "plainPassword", ...keys] as const;

/** What was asked for of each socket, but for false and null. */
const asked = new WeakMap<NativeSocket, Map<string, unknown>>();

/** Bytes in a key. */
const keyLength = 32;

/**
 * An option that is `undefined`, as from the environment, means the default elsewhere. Here that would be to go without.
 *
 * @throws TypeError
 */
export function refuseUndefined(name: string, value: unknown): void {
  if (value === undefined && texts.has(name))
    throw new TypeError(`Cannot set ${name}: it is undefined. Give it a value, leave it out, or pass null for none`);
}

/** @throws TypeError, which never holds the key */
export function checkKey(name: string, value: unknown): void {
  if (!keys.has(name) || value === null) return;
  const problem = keyProblem(value);
  if (problem !== undefined) throw new TypeError(`a CURVE key is 40 characters of Z85, and this one ${problem}`);
}

function keyProblem(value: unknown): string | undefined {
  if (typeof value !== "string")
    return `is ${value instanceof Uint8Array ? "bytes; encode them by z85" : typeof value}`;
  if (/^\s|\s$/.test(value)) return "begins or ends with white space; trim it";
  if (value.length !== (keyLength / 4) * 5) return `has ${value.length}`;
  try {
    return z85.decode(value).every((byte) => byte === 0) ? "is all zeros" : undefined;
  } catch {
    return "has other ones";
  }
}

/** Notes what was asked for. */
export function noteMechanism(native: NativeSocket, name: string, value: unknown): void {
  if (!(names as readonly string[]).includes(name)) return;
  const options = asked.get(native) ?? new Map<string, unknown>();
  asked.set(native, options);
  if (value === null || value === false) options.delete(name);
  else options.set(name, value);
}

/**
 * Called before a bind or connect: the options may come one by one until then.
 *
 * @throws TypeError that names the option which is missing or one too many
 */
export function checkMechanism(native: NativeSocket, action: string): void {
  const options = asked.get(native);
  if (options === undefined) return;
  const mechanism = native.securityMechanism;
  const [curve] = [...options.keys()].filter((name) => name.startsWith("curve"));
  const [plain] = [...options.keys()].filter((name) => name.startsWith("plain"));
  if (curve !== undefined && plain !== undefined)
    throw new TypeError(`Cannot ${action}: ${curve} asks for CURVE and ${plain} for PLAIN. Set one to null or false`);
  if (curve !== undefined || mechanism === "curve") checkCurve(native, options, action);
  else if (plain !== undefined || mechanism === "plain") checkPlain(native, options, action);
}

function checkCurve(native: NativeSocket, options: ReadonlyMap<string, unknown>, action: string): void {
  const isServer = options.has("curveServer");
  if (isServer && options.has("curveServerKey"))
    throw new TypeError(
      `Cannot ${action}: curveServer makes this side the CURVE server, curveServerKey its client. Set one to false or null`,
    );
  const needed = isServer ? ["curveSecretKey"] : ["curveServerKey", "curvePublicKey", "curveSecretKey"];
  const missing = needed.find((name) => !options.has(name));
  if (missing !== undefined)
    throw new TypeError(
      `Cannot ${action}: ${missing} is not set. A CURVE ${isServer ? "server" : "client"} needs ${needed.join(", ")}`,
    );
  if (native.securityMechanism !== "curve" || native.curveServer !== isServer)
    restore(native, isServer ? "curveServer" : "curveServerKey", options);
}

function checkPlain(native: NativeSocket, options: ReadonlyMap<string, unknown>, action: string): void {
  const isServer = options.has("plainServer");
  const login = ["plainUsername", "plainPassword"];
  const [given] = login.filter((name) => options.has(name));
  if (isServer && given !== undefined)
    throw new TypeError(
      `Cannot ${action}: plainServer makes this side the PLAIN server, ${given} its client. Set one to false or null`,
    );
  const missing = isServer ? undefined : login.find((name) => !options.has(name));
  if (missing !== undefined)
    throw new TypeError(`Cannot ${action}: ${missing} is not set. A PLAIN client needs ${login.join(" and ")}`);
  if (native.securityMechanism !== "plain" || native.plainServer !== isServer)
    restore(native, isServer ? "plainServer" : "plainUsername", options);
}

/** Sets an option once more, whose mechanism and role another one took back. */
function restore(native: NativeSocket, name: string, options: ReadonlyMap<string, unknown>): void {
  (native as unknown as Record<string, unknown>)[name] = options.get(name);
}
