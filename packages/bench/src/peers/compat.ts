/** @awaitmq/compat, as the README of the classic package shows it. */

import zmq from "@awaitmq/compat";
import { callbackPeer } from "./callback-peer.ts";

export const compat = callbackPeer(zmq);
