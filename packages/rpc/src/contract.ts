/**
 * Contracts of services. Imports nothing of Node, so a browser can share it.
 *
 * @module @awaitmq/rpc/contract
 */

export {};
