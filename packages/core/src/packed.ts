/**
 * Packed streams: many small messages between two peers that both use this, laid side by side in frames.
 *
 * @module @awaitmq/core/packed
 */

export { PackedError } from "./packed/format.ts";
export type { PackedOptions } from "./packed/packed-options.ts";
export { type PackedMessage, Packer, packed } from "./packed/packer.ts";
export { Unpacked, type UnpackedMessage, type UnpackedOptions, unpacked } from "./packed/unpacked.ts";
