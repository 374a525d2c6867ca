/** A socket that a helper was handed, or one that it opens for endpoints, and then owns. */

import type { CloseOptions, Socket } from "@awaitmq/core";
import { checkObject, nameOf, option, type Rules, readOptions, required } from "@awaitmq/core/internals";
import { checkEndpoints } from "../check.ts";
import { checkServers, follow, type Servers } from "./servers.ts";

/** Has a helper bind a socket of its own. */
export interface Bind<Options = object> {
  /** One endpoint or several. */
  readonly bind: string | readonly string[];
  /** Options of the socket, such as keys for CURVE. */
  readonly socket?: Options | undefined;
}

/** Has a helper connect a socket of its own. */
export interface Connect<Options = object> {
  /** One endpoint, several, or sets of them that come and go, such as `dns` gives. */
  readonly connect: Servers;
  /** Options of the socket, such as keys for CURVE. */
  readonly socket?: Options | undefined;
}

/** Where a helper opens a socket of its own. What a plain endpoint means, to bind or to connect, is the pattern's habit. */
export type Endpoints<Options = object> = string | readonly string[] | Bind<Options> | Connect<Options>;

/** What a helper needs to know to open a socket. */
export interface Opening<S> {
  /** What takes it, with a verb, for errors: "work takes a socket that receives,". */
  readonly takes: string;
  /** What a plain endpoint means. */
  readonly habit: "bind" | "connect";
  /** Whether it is a socket of the right kind. */
  isSocket(given: unknown): given is S;
  open(options: object): S & Socket;
}

/** Where a socket goes that is opened here. */
interface Places {
  readonly bind: readonly string[];
  readonly connect: Servers;
  readonly options: object;
}

/** The socket checks them one by one. */
const socketRule = option<object>(checkObject, {});

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
  /** The same socket, where it was opened here, and so is closed here. */
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
   * Takes a socket, or opens one. Endpoints are bound or connected by `begin`, so that options may be set before.
   *
   * @throws TypeError, and what the socket throws for its options
   */
  static of<S>(given: S | Endpoints, opening: Opening<S>): OpenedSocket<S> {
    if (opening.isSocket(given)) return new OpenedSocket(given);
    const places = placesOf(given, opening);
    const socket = opening.open(places.options);
    return new OpenedSocket<S>(socket, socket, places);
  }

  /** Whether it was opened here. */
  get isOwned(): boolean {
    return this.#own !== undefined;
  }

  /** What it has bound itself, with `*` and port 0 resolved. */
  get endpoints(): readonly string[] {
    return this.#bound;
  }

  /**
   * Binds or connects what was opened, and closes it where that fails.
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

  /** Closes what was opened, and does nothing to what was handed in. */
  async close(options?: CloseOptions): Promise<void> {
    this.#leave?.();
    await this.#own?.close(options);
  }

  /** The same, where what was sent has so many milliseconds to leave at most. */
  closeWithin(milliseconds: number): Promise<void> {
    const own = this.#own;
    if (own === undefined || own.closed) return this.close();
    const linger = own.linger < 0 ? Number.POSITIVE_INFINITY : own.linger;
    return this.close(milliseconds < linger ? { linger: Math.floor(milliseconds) } : {});
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
