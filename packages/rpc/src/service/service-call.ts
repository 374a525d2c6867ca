/** A call at its server: what the handler and the middleware get. */

import type { Metadata } from "@awaitmq/patterns";
import type { Method } from "../contract/method.ts";
import { checkNames } from "../contract/names.ts";
import type { Changeable } from "../middleware/layered.ts";
import type { Fail, HandlerContext, ServedContext } from "./handlers.ts";

/**
 * What a middleware of a service sees.
 *
 * @category Middleware
 */
export interface ServiceCall<User = unknown> extends HandlerContext<Method, User> {
  /** The method that is called. Its `path` is `"prices.quote"`. */
  readonly method: Method;
  /** What the handler gets: what the schema made of the input, or an async iterable of that. */
  readonly input: unknown;
}

/**
 * What a middleware of a service may change for the layers below.
 *
 * @category Middleware
 */
export interface ServiceChanges<User = unknown> {
  /** What the handler gets instead. It is not checked again. */
  readonly input?: unknown;
  /** Who calls. */
  readonly user?: User;
}

/**
 * A layer around the handlers of a service. `next` takes {@link ServiceChanges}, or nothing. It resolves to what the
 * handler returns: a value or an async iterable. What this returns is checked by the output's schema and sent. To return
 * nothing where `next` gave something is an error, because a `return` was likely forgotten. An iterable that `next` gave
 * is closed when the call is over.
 *
 * @category Middleware
 */
export type ServiceMiddleware<User = unknown> = (call: ServiceCall<User>, next: Next<User>["next"]) => unknown;

/**
 * Two signatures of a method are compared less strictly than one of a function. So a middleware that says nothing of users
 * fits beside one that says who calls, and the compiler finds the type of users in either order.
 */
interface Next<User> {
  next(): Promise<unknown>;
  next(changes: ServiceChanges<User> | undefined): Promise<unknown>;
}

/** What the calls of one method share. */
interface Shared {
  readonly method: Method;
  readonly fail: Fail<Method>;
}

export class ServedCall implements ServiceCall, Changeable<ServiceChanges> {
  readonly input: unknown;
  readonly user: unknown;
  /** Iterables that the handler has returned. Undefined if no layers are around it. */
  readonly outputs: Set<AsyncIterable<unknown>> | undefined;
  readonly #shared: Shared;
  readonly #context: ServedContext;

  constructor(
    shared: Shared,
    context: ServedContext,
    input: unknown,
    user: unknown,
    outputs: Set<AsyncIterable<unknown>> | undefined,
  ) {
    this.input = input;
    this.user = user;
    this.outputs = outputs;
    this.#shared = shared;
    this.#context = context;
  }

  get method(): Method {
    return this.#shared.method;
  }

  get fail(): Fail<Method> {
    return this.#shared.fail;
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }

  get stopping(): AbortSignal {
    return this.#context.stopping;
  }

  get metadata(): Metadata {
    return this.#context.metadata;
  }

  get remaining(): number {
    return this.#context.remaining;
  }

  get peer(): Buffer | undefined {
    return this.#context.peer;
  }

  get priority(): number {
    return this.#context.priority ?? 0;
  }

  with(changes: ServiceChanges): this {
    checkNames("The changes of next", changes, ["input", "user"]);
    const input = "input" in changes ? changes.input : this.input;
    const user = "user" in changes ? changes.user : this.user;
    return new ServedCall(this.#shared, this.#context, input, user, this.outputs) as this;
  }
}
