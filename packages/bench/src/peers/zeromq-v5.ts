/** The callback API of zeromq 5, which zeromq 6 includes. */

import { createRequire } from "node:module";
import { type CallbackApi, callbackPeer } from "./callback-peer.ts";

export const zeromqV5 = callbackPeer(createRequire(import.meta.url)("zeromq/v5-compat") as CallbackApi);
