/** A socket that was passed in, or one that is opened for endpoints and closed at the end. */

import type { CloseOptions, Socket } from "@awaitmq/core";
import { checkObject, longestLinger, nameOf, option, type Rules, readOptions, required } from "@awaitmq/core/internals";
import { checkEndpoints } from "../check.ts";
import { checkServers, follow, type Servers } from "./servers.ts";

/**
 * Endpoints to bind with a new socket, and options for it.
 *
 * @category Endpoints
 */
export interface Bind<Options = object> {
  /** One endpoint or several. */
  readonly bind: string | readonly string[];
  /** Options of the socket, such as CURVE keys. */
  readonly socket?: Options | undefined;
}

/**
 * Endpoints to connect to with a new socket, and options for it.
 *
 * @category Endpoints
 */
export interface Connect<Options = object> {
  /** One endpoint, several, or sets of them that change over time, such as those of {@link dns}. */
  readonly connect: Servers;
  /** Options of the socket, such as CURVE keys. */
  readonly socket?: Options | undefined;
}

/**
 * Endpoints for a new socket. Whether plain endpoints are bound or connected depends on the pattern.
 *
 * @category Endpoints
 */
export type Endpoints<Options = object> = string | readonly string[] | Bind<Options> | Connect<Options>;

/** How a pattern opens its socket. */
export interface Opening<S> {
  /** The start of an error: what takes it, with a verb, such as "work takes a socket that receives,". */
  readonly takes: string;
  /** Whether plain endpoints are bound or connected. */
  readonly habit: "bind" | "connect";
  /** Whether this is a socket of the right kind. */
  isSocket(given: unknown): given is S;
  open(options: object): S & Socket;
}

/** Where a new socket binds or connects. */
interface Places {
  readonly bind: readonly string[];
  readonly connect: Servers;
  readonly options: object;
}

/** The socket checks its own options. */
const socketRule = option<object>((_, value) => checkObject("socket", value), {});

const bindRules = {
  bind: required(option<Bind["bind"]>((name, value) => checkEndpoints(`${name} to`, value))),
  socket: socketRule,
} satisfies Rules<Bind>;

const connectRules = {
  connect: required(option<Servers>((name, value) => checkServers(`${name} to`, value))),
  socket: socketRule,
} satisfies Rules<Connect>;

export class OpenedSocket<S> {
  readonly socket: S;
  /** The same socket if it was opened here, and so is closed here. */
  readonly #own: Socket | undefined;
  readonly #places: Places | undefined;
  #bound: readonly string[] = [];
  #leave: (() => void) | undefined;

  private constructor(socket: S, own?: Socket, places?: Places) {
    this.socket = socket;
    this.#own = own;
    this.#places = places;
  }

  /**
   * Takes a socket, or opens one. `begin` binds or connects it, so that options can be set before.
   *
   * @throws TypeError, and what the socket throws for its options
   */
  static of<S>(given: S | Endpoints, opening: Opening<S>): OpenedSocket<S> {
    if (opening.isSocket(given)) return new OpenedSocket(given);
    const places = placesOf(given, opening);
    const socket = opening.open(places.options);
    return new OpenedSocket<S>(socket, socket, places);
  }

  /** Whether the socket was opened here. */
  get isOwned(): boolean {
    return this.#own !== undefined;
  }

  /** The endpoints that it bound itself, with `*` and port 0 resolved. */
  get endpoints(): readonly string[] {
    return this.#bound;
  }

  /**
   * Binds or connects the socket that was opened here. If that fails, closes it.
   *
   * @throws AddressError, TypeError
   */
  begin(): void {
    const [own, places] = [this.#own, this.#places];
    if (own === undefined || places === undefined) return;
    try {
      this.#bound = places.bind.map((endpoint) => own.bindSync(endpoint));
      this.#leave = follow(places.connect, own);
    } catch (error) {
      void this.close({ linger: 0 });
      throw error;
    }
  }

  /** Closes the socket if it was opened here. */
  async close(options?: CloseOptions): Promise<void> {
    this.#leave?.();
    await this.#own?.close(options);
  }

  /** The same, but sent messages have at most this many milliseconds to leave. */
  closeWithin(milliseconds: number): Promise<void> {
    const own = this.#own;
    if (own === undefined || own.closed) return this.close();
    const linger = own.linger < 0 ? Number.POSITIVE_INFINITY : own.linger;
    return this.close(milliseconds < Math.min(linger, longestLinger) ? { linger: Math.floor(milliseconds) } : {});
  }
}

function placesOf(given: unknown, { takes, habit }: Pick<Opening<unknown>, "takes" | "habit">): Places {
  if (hasPlaces(given, "bind")) {
    const { bind, socket } = readOptions(firstWord(takes), bindRules, given, `${takes} to `);
    return { bind: [bind].flat(), connect: [], options: socket };
  }
  if (hasPlaces(given, "connect")) {
    const { connect, socket } = readOptions(firstWord(takes), connectRules, given, `${takes} to `);
    return { bind: [], connect, options: socket };
  }
  if (isObject(given))
    throw new TypeError(`${takes} an endpoint, an array of them, { bind } or { connect }, got ${nameOf(given)}`);
  const endpoints = checkEndpoints(takes, given);
  return habit === "bind"
    ? { bind: endpoints, connect: [], options: {} }
    : { bind: [], connect: endpoints, options: {} };
}

/** A socket has methods of these names. */
function hasPlaces<Name extends "bind" | "connect">(
  given: unknown,
  name: Name,
): given is { readonly [K in Name]: unknown } & { readonly socket?: object } {
  return isObject(given) && name in given && typeof (given as Record<Name, unknown>)[name] !== "function";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function firstWord(sentence: string): string {
  return sentence.split(" ", 1)[0] as string;
}
