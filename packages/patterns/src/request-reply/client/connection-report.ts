/** What the events of a connection tell of why it does not stand. */

import { HandshakeError, type SocketEvent } from "@awaitmq/core";
import { Connections } from "@awaitmq/core/internals";

/** The share of its time that a handshake which failed for lack of time has surely taken: events are read a moment late. */
const mostOfTheTime = 0.8;
/** Handshakes broken off in a row that are no accident: a server that restarts breaks off one. */
const breaksOfRefusal = 3;

export class ConnectionReport {
  /** Why the last handshake failed. */
  handshakeError: HandshakeError | undefined;
  /** The same, while the server is known to refuse this client, and not just to be out of order. */
  refusal: HandshakeError | undefined;
  /** Whether something accepts connections there, and finishes no handshake. */
  isSilent = false;
  readonly #endpoint: string;
  readonly #isSecured: boolean;
  readonly #handshakeInterval: number;
  readonly #connections = new Connections();
  #isConnected = false;
  #connectedAt = 0;
  #breaks = 0;

  /** @param isSecured whether there is a mechanism, by which a server can break a handshake off on purpose */
  constructor(endpoint: string, isSecured: boolean, handshakeInterval: number) {
    this.#endpoint = endpoint;
    this.#isSecured = isSecured;
    this.#handshakeInterval = handshakeInterval;
  }

  /** Why it does not stand, as a clause. */
  get reason(): string {
    return this.#connections.describe(this.#endpoint);
  }

  heed(event: SocketEvent): void {
    this.#connections.note(event);
    if (event.type === "connect") {
      this.#isConnected = true;
      this.#connectedAt = performance.now();
    } else if (event.type === "connect:retry") {
      // Nobody is there any more who could refuse.
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
