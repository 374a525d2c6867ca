/** The key of the inner state of a socket or context, for the rest of this package. */
export const internals: unique symbol = Symbol("awaitmq internals");
