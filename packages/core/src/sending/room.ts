/** Waiting until libzmq may take a message that it has refused. */

import type { NativeSocket } from "../native/native.ts";

/** Milliseconds after which a wait for room looks whether anyone still waits. */
const longestWaitForRoom = 100;
/** The longest pause in milliseconds between two tries, where nothing tells of room. */
const longestPause = 64;

/**
 * Waits until the socket may have room. Returns the `pause` for the next call, 0 for the first after a message was taken.
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
    // libzmq may have refused on old news: try again at once, and if it refuses still, later.
    return pause === 0 ? 1 : peerMayHaveRoom(native, pause);
  }
  // A message without frames goes nowhere: it completes when the socket has room for one that has.
  native.sendTimeout = longestWaitForRoom;
  const room = offerNothing();
  native.sendTimeout = 0;
  await room.catch(() => {});
  return 0;
}

/** The same for one peer of a socket, or one that is safe to use from several threads: libzmq has no word for when it will have room. */
export async function peerMayHaveRoom(native: NativeSocket, pause: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(pause, 1)));
  // libzmq finds out that a peer is gone when it looks for messages of it, which it does when asked for anything.
  if (!native.closed) void native.writable;
  return Math.min(Math.max(pause, 1) * 2, longestPause);
}
