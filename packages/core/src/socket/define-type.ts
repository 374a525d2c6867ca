/** The last step of each socket type: its options, and a TypeError for names that it does not have. */

import type { NativeClass } from "../native/native.ts";
import { defineOptions } from "../options/option-accessors.ts";
import { makeStrict } from "../options/strict-properties.ts";

/** Gives a class the options of its native class. Call it after the options that core defines itself. */
export function defineType(type: { readonly prototype: object }, native: NativeClass): void {
  makeStrict(type);
  defineOptions(type.prototype, native.prototype);
}
