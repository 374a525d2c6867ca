/** Layers around the handlers of a service, and around the calls of a client. */

import { type ClientMiddleware, Failure, type ServiceMiddleware } from "@awaitmq/rpc";

/** Who calls. */
export interface Trader {
  readonly name: string;
}

const traders: ReadonlyMap<unknown, Trader> = new Map([["token-of-ada", { name: "Ada" }]]);

/** At the server: finds out who calls. Handlers get it as `user`. */
export const authenticate: ServiceMiddleware<Trader> = ({ metadata, fail }, next) => {
  const user = traders.get(metadata.token);
  if (user === undefined) throw fail("NOT_SIGNED_IN", {});
  return next({ user });
};

/** At the client: says who calls. */
export function signedIn(token: string): ClientMiddleware {
  return ({ metadata }, next) => next({ metadata: { ...metadata, token } });
}

/** At the server: a line when a handler has answered, or its stream has begun. */
export function logging(log: (line: string) => void): ServiceMiddleware<Trader> {
  return async ({ method }, next) => {
    try {
      const output = await next();
      log(`${method.path}: ok`);
      return output;
    } catch (error) {
      log(`${method.path}: ${error instanceof Failure ? error.code : error}`);
      throw error;
    }
  };
}
