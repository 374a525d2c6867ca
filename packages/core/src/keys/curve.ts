/** Keys for CURVE, the encryption of ZMTP; see zmq_curve(7). */

import { UnsupportedError } from "../errors.ts";
import { nativeCapability, nativeCurveKeyPair } from "../native/native.ts";

/**
 * A pair of CURVE keys, as text.
 *
 * @category Keys
 */
export interface CurveKeyPair {
  /** For the other side: 40 characters of Z85, which encode 32 bytes. */
  readonly publicKey: string;
  /** For this side only: 40 characters of Z85, which encode 32 bytes. */
  readonly secretKey: string;
}

/**
 * Generates a pair of CURVE keys. See zmq_curve_keypair(3).
 *
 * @example
 * ```ts
 * import { curveKeyPair, Pull, Push } from "@awaitmq/core";
 *
 * const { publicKey, secretKey } = curveKeyPair(); // of the server
 * const client = curveKeyPair();
 * const pull = new Pull({ curveServer: true, curveSecretKey: secretKey });
 * const push = new Push({
 *   curveServerKey: publicKey,
 *   curvePublicKey: client.publicKey,
 *   curveSecretKey: client.secretKey,
 * });
 * push.connect(await pull.bind("tcp://127.0.0.1:*"));
 * await push.send("secret");
 * const [text] = await pull.receive();
 * console.log(text.toString()); // secret
 * await Promise.all([push.close(), pull.close()]);
 * ```
 *
 * @returns new keys, different each time
 * @throws UnsupportedError `ERR_UNSUPPORTED` if `capability.curve` is not true
 * @category Keys
 */
export function curveKeyPair(): CurveKeyPair {
  if (!nativeCapability.curve)
    throw new UnsupportedError(
      "Cannot generate CURVE keys: this build of libzmq has no CURVE. Use the build that comes with zeromq",
    );
  return nativeCurveKeyPair();
}
