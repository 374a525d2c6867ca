/** How a socket stands: what decides whether it receives, sends, and keeps the process alive. */

export interface Standing {
  /** From the call of `close` on. */
  closed: boolean;
  paused: boolean;
  /** Whether the process may end although the socket has endpoints: after `unref`. */
  detached: boolean;
  /** How many endpoints there are. */
  endpoints: number;
  /** Binds and unbinds that are still to be done. */
  busy: number;
}

export function newStanding(): Standing {
  return { closed: false, paused: false, detached: false, endpoints: 0, busy: 0 };
}
