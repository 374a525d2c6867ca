/** What a client tells of its servers. */

/**
 * How a server is doing, as far as its client knows: not connected, or not yet; connected; refusing the handshake; about to stop; given up
 * by the client, and still answering.
 */
export type ServerState = "connecting" | "connected" | "refused" | "stopping" | "disconnecting";

/** A server of a client, as it was when last seen. */
export interface ServerStatus {
  readonly endpoint: string;
  readonly state: ServerState;
  /** Requests of this client that it has not answered yet. */
  readonly inFlight: number;
}
