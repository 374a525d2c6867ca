/** The export `@awaitmq/patterns/internals`: for the other packages of this project only. */

export { ownFrames, refuseGenerator } from "./message/own-frames.ts";
export type { CallValues } from "./request-reply/client/caller.ts";
export { checkCallOptions, readStreamOptions } from "./request-reply/client/client-options.ts";
export { closeUnread, isAsyncIterable } from "./streams/answer.ts";
export { asAsync } from "./streams/as-async.ts";
export { guardReadable, releaseReadable } from "./streams/readable.ts";
export { ServedInput } from "./streams/served-input.ts";
export { applySchema, checkSchema } from "./value/schema.ts";
export { detailsOf, receivedWith, withDetails, withReceived } from "./wire/error-details.ts";
