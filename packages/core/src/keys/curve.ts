/** Keys for CURVE, the encryption of ZMTP; see zmq_curve(7). */

import { UnsupportedError } from "../errors.ts";
import { nativeCapability, nativeCurveKeyPair } from "../native/native.ts";

/** A pair of CURVE keys, of 40 characters of Z85 each. zmq_curve_keypair(3) */
export interface CurveKeyPair {
  /** 40 characters of Z85, for 32 bytes. */
  readonly publicKey: string;
  /** 40 characters of Z85, for 32 bytes. */
  readonly secretKey: string;
}

/** A new pair of keys. @throws UnsupportedError where `capability.curve` is false. */
export function curveKeyPair(): CurveKeyPair {
  if (!nativeCapability.curve) throw new UnsupportedError("Cannot make CURVE keys: this build of libzmq has no CURVE");
  return nativeCurveKeyPair();
}
