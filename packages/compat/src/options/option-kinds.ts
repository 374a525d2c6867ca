/** The kinds of socket options: how the classic package read and wrote each, on top of core. */

import { type DuplexSocket, Subscriber, XSubscriber, z85 } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";
import { optionNumbers } from "../constants.ts";
import { systemError } from "../errors.ts";

/** A core socket of any type, with the options of all types. */
export type AnySocket = DuplexSocket & Record<string, unknown>;

export interface Option {
  readonly get?: ((socket: AnySocket) => unknown) | undefined;
  readonly set?: ((socket: AnySocket, value: unknown) => void) | undefined;
  /** The initial value of an option that compat keeps itself. */
  readonly kept?: number;
}

export function integer(value: unknown): number {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "number") throw new TypeError("Value must be an integer");
  return value;
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  throw new TypeError("Value must be a buffer");
}

function bytes(value: unknown): string | Buffer {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return Buffer.from(value);
  throw new TypeError("Value must be a buffer");
}

/**
 * Makes an option for its number. `name` is its name in core. Socket types that do not have the name in core set the option by number, and libzmq
 * decides.
 */
export type Kind = (option: number) => Option;

export const number =
  (name: string): Kind =>
  (option) => ({
    get: (socket) => (name in socket ? socket[name] : socket[internals].native.getInt32Option(option)),
    set: (socket, value) => {
      if (name in socket) Object.assign(socket, { [name]: integer(value) });
      else socket[internals].native.setInt32Option(option, integer(value));
    },
  });

export const flag =
  (name: string): Kind =>
  (option) => ({
    get: (socket) => (name in socket ? Number(socket[name]) : socket[internals].native.getInt32Option(option)),
    set: (socket, value) => {
      if (name in socket) Object.assign(socket, { [name]: integer(value) !== 0 });
      else socket[internals].native.setInt32Option(option, integer(value));
    },
  });

/** A flag that libzmq can set but not read. */
export const setFlag =
  (name: string): Kind =>
  (option) => ({ set: flag(name)(option).set });

export const string =
  (name: string): Kind =>
  (option) => ({
    get: (socket) => (name in socket ? socket[name] : socket[internals].native.getStringOption(option)) ?? "",
    set: (socket, value) => {
      if (name in socket) Object.assign(socket, { [name]: text(value) });
      else socket[internals].native.setStringOption(option, text(value));
    },
  });

/** A CURVE key, 32 bytes or 40 characters of Z85. */
export const key =
  (name: string): Kind =>
  (option) => {
    const { get, set } = string(name)(option);
    return {
      get,
      set: (socket, value) => {
        const given = text(value instanceof Uint8Array && value.length === 32 ? z85.encode(value) : value);
        try {
          set?.(socket, given);
        } catch (error) {
          // libzmq's own error. Core's more precise one stays the cause.
          if (error instanceof TypeError) Object.assign(error, systemError("EINVAL"));
          throw error;
        }
      },
    };
  };

export const verbosity =
  (name: "allSubs" | "allSubsUnsubs"): Kind =>
  () => ({
    set: (socket, value) => {
      if (!("verbosity" in socket)) throw systemError("EINVAL");
      Object.assign(socket, { verbosity: integer(value) === 0 ? null : name });
    },
  });

/** Bytes, which need not be text. */
export const binary =
  (name: string): Kind =>
  (option) => ({
    get: string(name)(option).get,
    set: (socket, value) => {
      if (name in socket) Object.assign(socket, { [name]: bytes(value) });
      else socket[internals].native.setStringOption(option, bytes(value));
    },
  });

export const subscription =
  (call: "subscribe" | "unsubscribe"): Kind =>
  () => ({
    set: (socket, value) => {
      if (!("subscribe" in socket)) throw systemError("EINVAL");
      socket[internals].native[call](bytes(value));
    },
  });

export const only =
  (option: Option): Kind =>
  () =>
    option;

/** An option that has no effect in core, or a different one. */
export const kept = (first: number): Kind => only({ kept: first });

/** An option of libzmq 2 that libzmq no longer has. */
export const gone: Kind = only({});

/** Both high-water marks. Sockets that subscribe send only subscriptions, which libzmq would drop beyond the mark. */
export const highWaterMarks: Kind = () => {
  const send = number("sendHighWaterMark")(optionNumbers.ZMQ_SNDHWM);
  const receive = number("receiveHighWaterMark")(optionNumbers.ZMQ_RCVHWM);
  const marks = (socket: AnySocket) =>
    socket instanceof Subscriber || socket instanceof XSubscriber ? [receive] : [send, receive];
  return {
    get: (socket) => marks(socket)[0]?.get?.(socket),
    set: (socket, value) => {
      for (const mark of marks(socket)) mark.set?.(socket, value);
    },
  };
};
