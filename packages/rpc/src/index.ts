/**
 * Typed services over `@awaitmq/patterns`.
 *
 * @module @awaitmq/rpc
 */

export {};
