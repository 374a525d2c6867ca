/** What a client reports about its servers. */

/**
 * The state of a server, as its client last saw it.
 *
 * - `"connecting"`: not connected, or not yet.
 * - `"connected"`: takes requests.
 * - `"refused"`: refuses the handshake.
 * - `"stopping"`: is shutting down.
 * - `"disconnecting"`: the client is leaving it, and it still has requests to answer.
 *
 * @category Request and reply
 */
export type ServerState = "connecting" | "connected" | "refused" | "stopping" | "disconnecting";

/**
 * A server of a client, as it was last seen.
 *
 * @category Request and reply
 */
export interface ServerStatus {
  /** Its endpoint, as the client connected to it. */
  readonly endpoint: string;
  /** Its state when last seen. */
  readonly state: ServerState;
  /** Requests of this client that it has not answered yet. */
  readonly inFlight: number;
}
