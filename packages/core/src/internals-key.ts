/** The key under which a socket or a context keeps what the rest of this package works on. */
export const internals: unique symbol = Symbol("awaitmq internals");
