/** Decides when a socket reads messages, which become events, and whether it keeps the process alive meanwhile. */

import type { EventEmitter } from "node:events";
import { internals, longestTimer } from "@awaitmq/core/internals";
import { classicError } from "./errors.ts";
import type { Handlers } from "./handlers.ts";
import type { AnySocket } from "./options/option-kinds.ts";
import type { Standing } from "./standing.ts";

/** Milliseconds between two polls for messages on a socket that does not keep the process alive. */
const detachedInterval = 10;
/** The most messages of one poll. */
const longestLook = 1_000;

type Inbox = AnySocket[typeof internals]["inbox"];

export class Receiving {
  readonly #emitter: EventEmitter;
  readonly #handlers: Handlers;
  readonly #standing: Standing;
  readonly #inbox: Inbox;
  readonly #receives: boolean;
  #request: ReturnType<Inbox["request"]> | undefined;
  #poll: NodeJS.Timeout | undefined;
  #alive: NodeJS.Timeout | undefined;

  constructor(emitter: EventEmitter, socket: AnySocket, handlers: Handlers, standing: Standing) {
    this.#emitter = emitter;
    this.#handlers = handlers;
    this.#standing = standing;
    this.#inbox = socket[internals].inbox;
    this.#receives = "receive" in socket;
  }

  /** The next message, if one is available. */
  readNow(): Buffer[] | undefined {
    return this.#receives ? (this.#inbox.takeNow() as Buffer[] | undefined) : undefined;
  }

  /** To be called when the state of the socket or its listeners changed. */
  update(): void {
    const { closed, detached, endpoints } = this.#standing;
    this.#holdProcess(endpoints > 0 && !closed, detached);
    this.#listen();
  }

  /** Requests the next message while there is a listener, and stops when there is none. */
  #listen(): void {
    const { closed, paused, detached, endpoints } = this.#standing;
    const wanted = this.#receives && !closed && !paused && endpoints > 0 && this.#emitter.listenerCount("message") > 0;
    this.#wait(wanted && !detached);
    this.#look(wanted && detached);
  }

  /** Keeps the socket and the process alive while the socket has an endpoint, as the classic package did. */
  #holdProcess(held: boolean, detached: boolean): void {
    if (!held) {
      clearInterval(this.#alive);
      this.#alive = undefined;
      return;
    }
    this.#alive ??= setInterval(() => this.update(), longestTimer);
    if (detached) this.#alive.unref();
    else this.#alive.ref();
  }

  #wait(wanted: boolean): void {
    if (wanted) {
      this.#request ??= this.#inbox.request(this.#take, this.#lose, this);
    } else if (this.#request !== undefined) {
      this.#inbox.leave(this.#request);
      this.#request = undefined;
    }
  }

  /** Polls for messages from time to time. */
  #look(wanted: boolean): void {
    if (wanted) {
      this.#poll ??= setInterval(() => {
        for (let taken = 0; taken < longestLook && this.#poll !== undefined; taken++) {
          const message = this.readNow();
          if (message === undefined) return;
          this.#handlers.emit("message", ...message);
        }
      }, detachedInterval).unref();
    } else {
      clearInterval(this.#poll);
      this.#poll = undefined;
    }
  }

  readonly #take = (message: unknown): void => {
    this.#request = undefined;
    const frames = message as Buffer[];
    if (frames.length === 1) this.#handlers.emit("message", frames[0]);
    else this.#handlers.emit("message", ...frames);
    this.#listen();
  };

  readonly #lose = (error: unknown): void => {
    this.#request = undefined;
    // Core's `closeAll` closed the socket, which is reported in another way.
    if (this.#standing.closed || (error as { code?: unknown }).code === "ERR_CLOSED") return;
    this.#handlers.raise(classicError(error));
    this.#listen();
  };
}
