/** A serialization other than JSON. */

/**
 * How a contract's values become bytes, if not as JSON. The functions of most libraries fit, such as `pack` and `unpack`
 * of msgpackr.
 *
 * @category Contracts
 */
export interface ContractCodec {
  /** The name that says on the wire how a value is encoded: 1 to 32 of `a-z`, `0-9`, `.`, `+` and `-`. */
  readonly name: string;
  /** Returns the bytes of a value. */
  readonly encode: (value: unknown) => Uint8Array | string;
  /** Returns the value of bytes. */
  readonly decode: (bytes: Uint8Array) => unknown;
}

const names = /^[a-z][a-z0-9.+-]{0,31}$/;

/** Encodings that every service knows, and the mark of an error. */
const reserved = ["json", "bytes", "none", "error"];

/** @throws TypeError */
export function checkCodec(option: string, codec: ContractCodec): void {
  const { name, encode, decode } = Object(codec) as Partial<ContractCodec>;
  if (typeof encode !== "function" || typeof decode !== "function")
    throw new TypeError(`${option} must be an object with a name and the functions encode and decode`);
  if (typeof name !== "string" || !names.test(name))
    throw new TypeError(`${option}.name must be 1 to 32 of a-z, 0-9, ".", "+" and "-", beginning with a letter`);
  if (reserved.includes(name)) throw new TypeError(`${option}.name cannot be "${name}": every service knows that one`);
}
