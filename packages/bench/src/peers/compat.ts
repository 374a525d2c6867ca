/** @awaitmq/compat, used as in the README of the classic package. */

import zmq from "@awaitmq/compat";
import { callbackPeer } from "./callback-peer.ts";

export const compat = callbackPeer(zmq);
