/** Explains from the events of a connection why it is not up. */

import { HandshakeError, type SocketEvent } from "@awaitmq/core";
import { Connections } from "@awaitmq/core/internals";

/**
 * The share of its time limit that a timed-out handshake has surely taken. It is below 1 because events are read a
 * moment late.
 */
const mostOfTheTime = 0.8;
/** Broken handshakes in a row that mean a refusal. A server that restarts breaks one. */
const breaksOfRefusal = 3;

export class ConnectionReport {
  /** Why the last handshake failed. */
  handshakeError: HandshakeError | undefined;
  /** The same error while the server refuses this client, and is not merely out of order. */
  refusal: HandshakeError | undefined;
  /** Whether something accepts connections at the address but finishes no handshake. */
  isSilent = false;
  readonly #endpoint: string;
  readonly #isSecured: boolean;
  readonly #handshakeInterval: number;
  readonly #connections = new Connections();
  #isConnected = false;
  #connectedAt = 0;
  #breaks = 0;

  /** @param isSecured whether there is a security mechanism. With one, a server can break a handshake on purpose */
  constructor(endpoint: string, isSecured: boolean, handshakeInterval: number) {
    this.#endpoint = endpoint;
    this.#isSecured = isSecured;
    this.#handshakeInterval = handshakeInterval;
  }

  /** Why the connection is not up, as a clause. */
  get reason(): string {
    return this.#connections.describe(this.#endpoint);
  }

  heed(event: SocketEvent): void {
    this.#connections.note(event);
    if (event.type === "connect") {
      this.#isConnected = true;
      this.#connectedAt = performance.now();
    } else if (event.type === "connect:retry") {
      // Nothing listens there any more, so nothing refuses.
      if (!this.#isConnected) this.#begin();
      this.#isConnected = false;
    } else if (event.type === "handshake") {
      this.#begin();
      this.handshakeError = undefined;
    } else if ("error" in event && event.error instanceof HandshakeError) this.#fail(event.error);
  }

  #begin(): void {
    this.refusal = undefined;
    this.isSilent = false;
    this.#breaks = 0;
  }

  #fail(error: HandshakeError): void {
    this.handshakeError = error;
    const isBreak = error.reason === "other";
    this.isSilent = isBreak && performance.now() - this.#connectedAt > this.#handshakeInterval * mostOfTheTime;
    if (this.isSilent) return;
    this.#breaks += 1;
    if (!isBreak || (this.#isSecured && this.#breaks >= breaksOfRefusal)) this.refusal = error;
  }
}
