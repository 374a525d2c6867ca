/** The connection to one server, over its breaks: whether it stands, what comes by it, and what is lost with it. */

import { Dealer, type Message, type SocketEvent } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";
import { EnvelopeReader } from "../wire/envelope-reader.ts";
import { EnvelopeSender } from "../wire/envelope-sender.ts";
import { ConnectionReport } from "./connection-report.ts";

/** What a connection tells its owner. */
export interface ConnectionOwner {
  received(message: Message): void;
  /** It stands. Only what was meant for one before can have left by it. */
  opened(): void;
  /** What left by that session or one before, and has no answer yet, gets none. */
  lost(session: number): void;
  /** The server refused the handshake, and is asked again later. */
  refused(): void;
}

const defaults = {
  // A link that falls silent is noticed within four seconds, at both ends: an interval, and then the time that the other end has.
  heartbeatInterval: 1_000,
  heartbeatTimeout: 3_000,
  heartbeatTimeToLive: 3_000,
  reconnectInterval: 50,
  reconnectMaxInterval: 1_000,
  // Where a queue is full when its connection breaks, the next heartbeat fails an assertion in libzmq (4.3.5, `!_io_error`). This one
  // is read all the time.
  receiveHighWaterMark: 0,
} as const;
/** Milliseconds between two looks for messages at rest: a server that ends waits so long for the answer to its goodbye. */
const sweepInterval = 100;
/** Milliseconds after which a handshake is tried again that libzmq has given up. */
const refusalPause = 1_000;
/** Turns of the event loop without a message after which a session that has ended has no more. */
const quietTurns = 3;

export class Connection {
  readonly sender: EnvelopeSender;
  readonly #dealer: Dealer;
  readonly #owner: ConnectionOwner;
  readonly #reader: EnvelopeReader;
  readonly #isInproc: boolean;
  readonly #deaf: () => void;
  /** How many connections there have been: the one that stands, or the last. */
  session = 0;
  /** How many of them have ended, as far as is known. */
  #ended = 0;
  /** The last of them that something is known to have come by. */
  #heard = 0;
  /** Messages that came. */
  #received = 0;
  /** Whether all that happened to it so far is known. */
  isAwake = false;
  /** Ends the attention to it; absent at rest. */
  #neglect: (() => void) | undefined;
  #sweeping: NodeJS.Timeout | undefined;
  /** Runs when a handshake was refused, until it is tried again. */
  #connecting: NodeJS.Timeout | undefined;
  readonly report: ConnectionReport;

  /** @throws AddressError, and whatever a Dealer does for its options */
  constructor(endpoint: string, socket: object, owner: ConnectionOwner) {
    this.#owner = owner;
    this.#isInproc = endpoint.startsWith("inproc://");
    // Not `immediate`: such a Dealer drops the replies of a broken connection. That no request goes to a dead one is seen to here.
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

  /** Whether it stood when last seen. */
  get wasUp(): boolean {
    return !this.isOver(this.session);
  }

  /** Whether that session is known to have ended; so is 0, the time before the first. */
  isOver(session: number): boolean {
    return session <= this.#ended;
  }

  /** There was an answer to what left by that session, or one after it. */
  heard(session: number): void {
    if (session > this.#heard) this.#heard = session;
  }

  /**
   * From here on what happens is told without delay, and the process stays alive. What happened before is known in the next turn of
   * the event loop: until `wakeUp` then, a request might go to a server that is gone.
   */
  wake(): void {
    clearInterval(this.#sweeping);
    this.#neglect = this.#isInproc ? nothing : this.#dealer[internals].monitor.attend(this.#dealer[internals]);
    this.#reader.start();
  }

  wakeUp(): void {
    this.isAwake = this.#neglect !== undefined;
  }

  /** At rest nobody waits for messages: what comes late is dropped now and then. */
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
    // Nobody waits for what is not sent. What the server handles for this client ends with the connection.
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

  /** libzmq gives a connection up for good whose handshake was refused by a word of the server. One that broke off it tries again itself. */
  #connectAgain(): void {
    this.#connecting = undefined;
    if (!this.wasUp) this.#dealer[internals].endpoints.connectAgain();
  }

  /**
   * What has arrived is read first. All sessions share one queue, so an answer from a later one is behind all of this one; and while
   * there is something, each turn of the event loop brings at least one message. libzmq has a message for this moment,
   * ZMQ_HICCUP_MSG, which comes behind the last reply; but with it libzmq 4.3.5 failed an assertion of its own, `!_io_error`, and so
   * ended the process, when servers were killed under load.
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
