/** Option accessors, made from zeromq's own so that none is missing, with errors that say what is wrong. */

import { largestInt32 } from "../check.ts";
import { closedError } from "../errors.ts";
import { internals } from "../internals-key.ts";
import { checkKey, noteMechanism } from "../keys/mechanism.ts";
import type { NativeSocket } from "../native/native.ts";

/** What an option accessor needs of the socket it is on. */
interface OptionOwner {
  readonly [internals]: { readonly native: NativeSocket; readonly name: string };
}

/** Options that core keeps itself, since waiting is its own affair. */
const ours = new Set(["sendTimeout", "receiveTimeout"]);

/** Gives `target` an accessor for each option of a native prototype, own or inherited, that it has none for yet. */
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
            // libzmq can't take a key back; what it has then counts no more, see `checkMechanism`.
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

/** Gives `target` an option that core sets in a way of its own. */
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

/** Accessors of the native prototype that are the socket's state. */
const notOptions = new Set(["events", "context", "closed", "readable", "writable"]);

/** libzmq takes these but, by way of zeromq, does not tell them: what was set is remembered here. With their defaults. */
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
/** What options of 32 bits hold. */
export const narrow = [-largestInt32 - 1, largestInt32] as const;

/**
 * zeromq makes 0 of numbers that an option can't hold, and cuts text at a NUL, silently.
 *
 * @throws RangeError
 */
export function checkValue(name: string, value: unknown, [least, most] = wide[name] ?? narrow): void {
  if (typeof value === "number") {
    if (!Number.isInteger(value) || value < least || value > most)
      throw new RangeError(`Cannot set ${name}: ${value} is not a whole number from ${least} to ${most}`);
  } else if (typeof value === "string" && value.includes("\0") && !binary.has(name)) {
    throw new RangeError(`Cannot set ${name}: text ends at a NUL, and this one goes on`);
  }
}

/** Options whose text may have a NUL. */
const binary = new Set(["routingId", "welcomeMessage"]);

/** zeromq takes any other value for nothing, silently. */
function checkVerbosity(value: unknown): void {
  if (value !== null && value !== "allSubs" && value !== "allSubsUnsubs")
    throw new TypeError('it is null, "allSubs" or "allSubsUnsubs"');
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

/** A wrong type is a TypeError, as zeromq has it; a value that libzmq refuses is a RangeError. */
export function optionError(name: string, action: string, cause: NodeJS.ErrnoException): Error {
  const message = `Cannot ${action} ${name}: ${cause.message}`;
  return cause.code === undefined ? new TypeError(message, { cause }) : new RangeError(message, { cause });
}
