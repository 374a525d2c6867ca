/** The export `@awaitmq/patterns/internals`: for the other packages of this project only. */

export { applySchema } from "./value/schema.ts";
