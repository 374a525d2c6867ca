/** The connection to one server, across reconnects: whether it is up, what arrives, and which requests are lost. */

import { Dealer, type Message, type SocketEvent } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";
import { EnvelopeReader } from "../../wire/envelope-reader.ts";
import { EnvelopeSender } from "../../wire/envelope-sender.ts";
import { ConnectionReport } from "./connection-report.ts";

/** What a connection reports to its owner. */
export interface ConnectionOwner {
  received(message: Message): void;
  /** It is up. Only requests of an earlier session can have left by it. */
  opened(): void;
  /** Requests that left by this session or an earlier one, and have no answer yet, get none. */
  lost(session: number): void;
  /** The server refused the handshake. It is retried later. */
  refused(): void;
}

const defaults = {
  // A silent link is detected within four seconds, at both ends: an interval, then the time that the other end has to
  // answer.
  heartbeatInterval: 1_000,
  heartbeatTimeout: 3_000,
  heartbeatTimeToLive: 3_000,
  reconnectInterval: 50,
  reconnectMaxInterval: 1_000,
  // If a queue is full when its connection breaks, the next heartbeat fails an assertion in libzmq (4.3.5,
  // `!_io_error`). This socket is read all the time.
  receiveHighWaterMark: 0,
} as const;
/**
 * Milliseconds between checks for messages at rest. A server that shuts down waits up to that long for the answer to
 * its goodbye.
 */
const sweepInterval = 100;
/** Milliseconds before retrying a handshake that libzmq has given up. */
const refusalPause = 1_000;
/** Turns of the event loop without a message after which an ended session has no more. */
const quietTurns = 3;

export class Connection {
  readonly sender: EnvelopeSender;
  readonly #dealer: Dealer;
  readonly #owner: ConnectionOwner;
  readonly #reader: EnvelopeReader;
  readonly #isInproc: boolean;
  readonly #deaf: () => void;
  /** The number of the current or last connection, from 1. */
  session = 0;
  /** The last session that is known to have ended. */
  #ended = 0;
  /** The last session that is known to have brought a message. */
  #heard = 0;
  /** Messages received. */
  #received = 0;
  /** Whether all events of the connection so far are known. */
  isAwake = false;
  /** Stops watching the connection's events. Undefined at rest. */
  #neglect: (() => void) | undefined;
  #sweeping: NodeJS.Timeout | undefined;
  /** Runs after a refused handshake, until it is retried. */
  #connecting: NodeJS.Timeout | undefined;
  readonly report: ConnectionReport;

  /** @throws AddressError, and what a Dealer throws for its options */
  constructor(endpoint: string, socket: object, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#isInproc = endpoint.startsWith("inproc://");
    // Not `immediate`: such a Dealer drops the replies of a broken connection. The code here sends no request to a dead
    // one.
    this.#dealer = new Dealer({ ...defaults, ...socket, immediate: false });
    const { securityMechanism, handshakeInterval } = this.#dealer;
    this.report = new ConnectionReport(endpoint, securityMechanism !== null, handshakeInterval);
    this.sender = new EnvelopeSender(this.#dealer);
    this.#reader = new EnvelopeReader(
      this.#dealer,
      this.sender,
      (message) => this.#receive(message),
      () => this.#owner.lost(this.session),
    );
    try {
      this.#deaf = this.#isInproc ? nothing : this.#dealer[internals].monitor.listen(this.#heed);
      this.#dealer.connect(endpoint);
    } catch (error) {
      void this.#dealer.close({ linger: 0 });
      throw error;
    }
    if (this.#isInproc) this.session = 1;
    this.rest();
  }

  /** Whether it was up when last seen. */
  get wasUp(): boolean {
    return !this.isOver(this.session);
  }

  /** Whether this session is known to have ended. 0, the time before the first, has. */
  isOver(session: number): boolean {
    return session <= this.#ended;
  }

  /** A reply came to a request of this session or a later one. */
  heard(session: number): void {
    if (session > this.#heard) this.#heard = session;
  }

  /**
   * From now on events are reported without delay, and the process stays alive.
   *
   * Earlier events are known in the next turn of the event loop. Until `wakeUp` then, a request might go to a server
   * that has disconnected.
   */
  wake(): void {
    clearInterval(this.#sweeping);
    this.#neglect = this.#isInproc ? nothing : this.#dealer[internals].monitor.attend(this.#dealer[internals]);
    this.#reader.start();
  }

  wakeUp(): void {
    this.isAwake = this.#neglect !== undefined;
  }

  /** At rest nothing waits for messages. Late ones are dropped from time to time. */
  rest(): void {
    this.isAwake = false;
    this.#reader.stop();
    clearInterval(this.#sweeping);
    this.#sweeping = setInterval(() => this.#reader.sweep(), sweepInterval).unref();
    this.#neglect?.();
    this.#neglect = undefined;
  }

  async close(): Promise<void> {
    this.rest();
    clearInterval(this.#sweeping);
    clearTimeout(this.#connecting);
    this.#deaf();
    // Unsent requests have no caller any more. The server aborts this client's requests when the connection ends.
    await this.#dealer.close({ linger: 0 });
  }

  #receive(message: Message): void {
    this.#received += 1;
    this.#owner.received(message);
  }

  readonly #heed = (event: SocketEvent): void => {
    this.report.heed(event);
    if (event.type === "handshake") {
      this.session += 1;
      this.#owner.opened();
    } else if (event.type === "disconnect" && this.wasUp) {
      this.#ended = this.session;
      this.#breakSoon(this.session);
    } else if ("error" in event) {
      if (event.type === "handshake:error:protocol" || event.type === "handshake:error:auth")
        this.#connecting ??= setTimeout(() => this.#connectAgain(), refusalPause).unref();
      if (event.error === this.report.refusal) this.#owner.refused();
    }
  };

  /**
   * libzmq gives up a connection for good if the server refused its handshake explicitly. If the handshake just broke
   * off, libzmq retries.
   */
  #connectAgain(): void {
    this.#connecting = undefined;
    if (!this.wasUp) this.#dealer[internals].endpoints.connectAgain();
  }

  /**
   * Reads all messages that have arrived, then reports the session as lost.
   *
   * All sessions share one queue, so a reply from a later session comes after all of this one. While there are
   * messages, each turn of the event loop brings at least one. libzmq has a message for this moment, ZMQ_HICCUP_MSG,
   * which comes after the last reply. But with it, libzmq 4.3.5 failed an assertion of its own, `!_io_error`, and ended
   * the process, when servers were killed under load.
   */
  #breakSoon(session: number, received = this.#received, turns = quietTurns): void {
    setImmediate(() => {
      if (this.#heard > session) this.#owner.lost(session);
      else if (this.#received !== received) this.#breakSoon(session);
      else if (turns > 1) this.#breakSoon(session, received, turns - 1);
      else this.#owner.lost(session);
    });
  }
}

function nothing(): void {}
