/**
 * Packed streams: many small messages travel in one frame, for high throughput. Both peers must use them.
 *
 * @module @awaitmq/core/packed
 */

export { PackedError } from "./packed/format.ts";
export { packed } from "./packed/packed.ts";
export type { PackedMessage, UnpackedMessage } from "./packed/packed-message.ts";
export type { PackedOptions } from "./packed/packed-options.ts";
export { Packer } from "./packed/packer.ts";
export { Unpacked, unpacked } from "./packed/unpacked.ts";
export type { UnpackedOptions } from "./packed/unpacked-options.ts";
