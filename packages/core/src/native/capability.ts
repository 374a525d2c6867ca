/** What the native library is and can do. */

import { nativeCapability, nativeVersion } from "./native.ts";

/** The version of libzmq, such as "4.3.5". */
export const version: string = nativeVersion;

/** Transports, mechanisms and API sets that this build of libzmq has; see zmq_has(3). Absent means no. */
export const capability: Readonly<typeof nativeCapability> = nativeCapability;
