/** The version and the capabilities of libzmq. */

import { nativeCapability, nativeVersion } from "./native.ts";

/**
 * The version of libzmq, such as "4.3.5".
 *
 * @category Context and library
 */
export const version: string = nativeVersion;

/**
 * The transports, security mechanisms and API sets of this build of libzmq. A missing property means no. See zmq_has(3).
 *
 * @category Context and library
 */
export const capability: Readonly<typeof nativeCapability> = nativeCapability;
