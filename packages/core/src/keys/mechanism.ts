/**
 * Checks the security mechanism before a connection can use a weaker one than the program asked for. libzmq lets a CURVE side without its own
 * key use a key of zeros, which anybody has. It also drops CURVE when an option of PLAIN is set later, even to false. See zmq_curve(7) and
 * zmq_plain(7).
 */

import type { NativeSocket } from "../native/native.ts";
import { z85 } from "./z85.ts";

const keys: ReadonlySet<string> = new Set(["curvePublicKey", "curveSecretKey", "curveServerKey"]);
const texts: ReadonlySet<string> = new Set([...keys, "plainUsername", "plainPassword", "zapDomain"]);

/** The options that select a mechanism. */
const names = ["curveServer", "plainServer", "plainUsername", "plainPassword", ...keys] as const;

/** The options set on each socket, without those that are false or null. */
const asked = new WeakMap<NativeSocket, Map<string, unknown>>();

/** Bytes in a key. */
const keyLength = 32;

/**
 * Refuses `undefined`, such as a missing environment variable. For other options it means the default; here that would mean no security.
 *
 * @throws TypeError
 */
export function refuseUndefined(name: string, value: unknown): void {
  if (value === undefined && texts.has(name))
    throw new TypeError(`Cannot set ${name}: it is undefined. Give it a value, leave it out, or pass null for none`);
}

/** @throws TypeError, which never contains the key */
export function checkKey(name: string, value: unknown): void {
  if (!keys.has(name) || value === null) return;
  const problem = keyProblem(value);
  if (problem !== undefined) throw new TypeError(`a CURVE key is 40 characters of Z85, but this one ${problem}`);
}

function keyProblem(value: unknown): string | undefined {
  if (typeof value !== "string")
    return `is ${value instanceof Uint8Array ? "bytes; encode them by z85" : typeof value}`;
  if (/^\s|\s$/.test(value)) return "begins or ends with white space; trim it";
  if (value.length !== (keyLength / 4) * 5) return `has ${value.length} characters`;
  try {
    return z85.decode(value).every((byte) => byte === 0) ? "is all zeros" : undefined;
  } catch {
    return "has other characters";
  }
}

/** Records an option that selects a mechanism. */
export function noteMechanism(native: NativeSocket, name: string, value: unknown): void {
  if (!(names as readonly string[]).includes(name)) return;
  const options = asked.get(native) ?? new Map<string, unknown>();
  asked.set(native, options);
  if (value === null || value === false) options.delete(name);
  else options.set(name, value);
}

/**
 * Checks the options together, right before a bind or connect. Until then they may be set one by one.
 *
 * @throws TypeError that names the option which is missing or in conflict
 */
export function checkMechanism(native: NativeSocket, action: string): void {
  const options = asked.get(native);
  if (options === undefined) return;
  const mechanism = native.securityMechanism;
  const [curve] = [...options.keys()].filter((name) => name.startsWith("curve"));
  const [plain] = [...options.keys()].filter((name) => name.startsWith("plain"));
  if (curve !== undefined && plain !== undefined)
    throw new TypeError(
      `Cannot ${action}: ${curve} selects CURVE, but ${plain} selects PLAIN. Set one of them to null or false`,
    );
  if (curve !== undefined || mechanism === "curve") checkCurve(native, options, action);
  else if (plain !== undefined || mechanism === "plain") checkPlain(native, options, action);
}

function checkCurve(native: NativeSocket, options: ReadonlyMap<string, unknown>, action: string): void {
  const isServer = options.has("curveServer");
  if (isServer && options.has("curveServerKey"))
    throw new TypeError(
      `Cannot ${action}: curveServer makes this side a CURVE server, but curveServerKey makes it a client. Set one of them to false or null`,
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
      `Cannot ${action}: plainServer makes this side a PLAIN server, but ${given} makes it a client. Set one of them to false or null`,
    );
  const missing = isServer ? undefined : login.find((name) => !options.has(name));
  if (missing !== undefined)
    throw new TypeError(`Cannot ${action}: ${missing} is not set. A PLAIN client needs ${login.join(" and ")}`);
  if (native.securityMechanism !== "plain" || native.plainServer !== isServer)
    restore(native, isServer ? "plainServer" : "plainUsername", options);
}

/** Sets an option again, after another one has overridden its mechanism or role. */
function restore(native: NativeSocket, name: string, options: ReadonlyMap<string, unknown>): void {
  (native as unknown as Record<string, unknown>)[name] = options.get(name);
}
