/** Waits until libzmq may accept a message that it has refused. */

import type { NativeSocket } from "../native/native.ts";

/** Milliseconds after which a wait for room checks whether anyone still waits. */
const longestWaitForRoom = 100;
/** The longest pause in milliseconds between two retries, if no event reports room. */
const longestPause = 64;

/**
 * Waits until the socket may have room. Returns the `pause` for the next call, which is 0 after a message was accepted.
 *
 * @param offerNothing offers a message without frames, and never throws
 */
export async function mayHaveRoom(
  native: NativeSocket,
  pause: number,
  offerNothing: () => Promise<void>,
): Promise<number> {
  if (native.closed || native.threadSafe) return peerMayHaveRoom(native, pause);
  if (native.writable) {
    // libzmq may have refused because of outdated state: retry at once, and if it still refuses, later.
    return pause === 0 ? 1 : peerMayHaveRoom(native, pause);
  }
  // A message without frames is never sent. It completes when the socket has room for one with frames.
  native.sendTimeout = longestWaitForRoom;
  const room = offerNothing();
  native.sendTimeout = 0;
  await room.catch(() => {});
  return 0;
}

/** Like `mayHaveRoom`, for one peer of a socket, or for a thread-safe socket. libzmq does not report when these have room. */
export async function peerMayHaveRoom(native: NativeSocket, pause: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(pause, 1)));
  // libzmq detects a disconnected peer when it checks for messages, which any read of state makes it do.
  if (!native.closed) void native.writable;
  return Math.min(Math.max(pause, 1) * 2, longestPause);
}
