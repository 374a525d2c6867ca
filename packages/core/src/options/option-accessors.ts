/** Option accessors, made from zeromq's own so that none is missing, with errors that explain the problem. */

import { largestInt32 } from "../check.ts";
import { closedError } from "../errors.ts";
import { internals } from "../internals-key.ts";
import { checkKey, noteMechanism } from "../keys/mechanism.ts";
import type { NativeSocket } from "../native/native.ts";

/** A socket, as its option accessors use it. */
interface OptionOwner {
  readonly [internals]: { readonly native: NativeSocket; readonly name: string };
}

/** Options that core implements itself, because it does the waiting. */
const ours = new Set(["sendTimeout", "receiveTimeout"]);

/** Defines an accessor on `target` for each option of a native prototype, own or inherited, that it does not have yet. */
export function defineOptions(target: object, nativePrototype: object): void {
  const parent = Object.getPrototypeOf(nativePrototype);
  if (parent !== null) defineOptions(target, parent);
  for (const [name, { get, set }] of Object.entries(Object.getOwnPropertyDescriptors(nativePrototype))) {
    if ((get ?? set) === undefined || ours.has(name) || notOptions.has(name) || name in target) continue;
    Object.defineProperty(target, name, {
      configurable: true,
      enumerable: true,
      ...(get && {
        get(this: OptionOwner) {
          return guarded(this, name, "read", (native) => readOption(native, name));
        },
      }),
      ...(set && {
        set(this: OptionOwner, given: unknown) {
          const value = name === "linger" && given === Number.POSITIVE_INFINITY ? -1 : given;
          checkValue(name, value);
          guarded(this, name, "set", (native) => {
            checkKey(name, value);
            if (name === "verbosity") checkVerbosity(value);
            // libzmq cannot unset a key. `checkMechanism` then ignores the key that it has.
            if (value !== null || !name.startsWith("curve"))
              (native as unknown as Record<string, unknown>)[name] = value;
            noteMechanism(native, name, value);
            if (name in untold) remembered.set(native, { ...remembered.get(native), [name]: value });
          });
        },
      }),
    });
  }
}

/** Defines an option on `target` that core sets itself. */
export function defineOption<S extends OptionOwner>(
  target: S,
  name: string,
  set: (socket: S, value: unknown) => void,
): void {
  Object.defineProperty(target, name, {
    configurable: true,
    enumerable: true,
    set(this: S, value: unknown) {
      guarded(this, name, "set", () => set(this, value));
    },
  });
}

/** Accessors of the native prototype that are state, not options. */
const notOptions = new Set(["events", "context", "closed", "readable", "writable"]);

/** Options that can be set but, through zeromq, not read, with their defaults. Their values are remembered here. */
const untold: Readonly<Record<string, unknown>> = {
  curvePublicKey: null,
  curveSecretKey: null,
  curveServerKey: null,
  mandatory: false,
  tcpAcceptFilter: null,
};
const remembered = new WeakMap<NativeSocket, Readonly<Record<string, unknown>>>();

/** The value of an option by its zeromq v6 name. */
export function readOption(native: NativeSocket, name: string): unknown {
  if (name in untold) return remembered.get(native)?.[name] ?? untold[name];
  return (native as unknown as Record<string, unknown>)[name];
}

/** Options of 64 bits. */
const wide: Readonly<Record<string, readonly [least: number, most: number]>> = {
  affinity: [0, Number.MAX_SAFE_INTEGER],
  maxMessageSize: [-1, Number.MAX_SAFE_INTEGER],
};
/** The range of 32-bit options. */
export const narrow = [-largestInt32 - 1, largestInt32] as const;

/**
 * Checks a value. zeromq silently sets 0 for numbers out of range, and cuts text at a NUL.
 *
 * @throws RangeError
 */
export function checkValue(name: string, value: unknown, [least, most] = wide[name] ?? narrow): void {
  if (typeof value === "number") {
    if (!Number.isInteger(value) || value < least || value > most)
      throw new RangeError(`Cannot set ${name}: ${value} is not a whole number from ${least} to ${most}`);
  } else if (typeof value === "string" && value.includes("\0") && !binary.has(name)) {
    throw new RangeError(`Cannot set ${name}: the text has a NUL character, which would end it`);
  }
}

/** Options whose text may contain a NUL. */
const binary = new Set(["routingId", "welcomeMessage"]);

/** zeromq silently ignores any other value. */
function checkVerbosity(value: unknown): void {
  if (value !== null && value !== "allSubs" && value !== "allSubsUnsubs")
    throw new TypeError('it must be null, "allSubs" or "allSubsUnsubs"');
}

function guarded(socket: OptionOwner, name: string, action: string, use: (native: NativeSocket) => unknown): unknown {
  const { native, name: socketName } = socket[internals];
  if (native.closed) throw closedError(`${action} ${name}`, `${socketName} socket`);
  try {
    return use(native);
  } catch (cause) {
    throw optionError(name, action, cause as NodeJS.ErrnoException);
  }
}

/** A wrong type is a TypeError, as in zeromq. A value that libzmq refuses is a RangeError. */
export function optionError(name: string, action: string, cause: NodeJS.ErrnoException): Error {
  const message = `Cannot ${action} ${name}: ${cause.message}`;
  return cause.code === undefined ? new TypeError(message, { cause }) : new RangeError(message, { cause });
}
