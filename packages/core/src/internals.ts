/** What the other packages of this project, and nobody else, may use of this one: the export `@awaitmq/core/internals`. */

export { checkObject, checkOptions } from "./check-options.ts";
export { internals } from "./internals-key.ts";
export { toFrames } from "./message.ts";
export { Queue } from "./queue.ts";
export { checkSignal, longestTimer } from "./wait-options.ts";
