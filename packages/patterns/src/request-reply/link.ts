/** A client's connection to one server, over the breaks of the connection below it: its state, its requests, its replies. */

import { Dealer, type Frame, HandshakeError, type Message, type SocketEvent } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";
import { EnvelopeError } from "../errors.ts";
import {
  clientOf,
  delimiterIn,
  encodeHeader,
  errorFlags,
  flagsOf,
  headerLength,
  isHeader,
  messageTypes,
  requestFlags,
  requestOf,
  typeOf,
  welcomeFlags,
} from "../message/envelope.ts";
import { EnvelopeReader } from "../message/envelope-reader.ts";
import { EnvelopeSender, type Outgoing } from "../message/envelope-sender.ts";
import { isPacket, readPacket } from "../message/packet.ts";
import { decodeError } from "./error-body.ts";

/** One sending of one call's request. */
export interface Attempt {
  readonly link: Link;
  /** The number in the header. */
  readonly request: number;
  /** The connection that it left by; see {@link Link.session}. */
  readonly session: number;
}

/** What a link tells its client. */
export interface LinkOwner {
  /** The connection stands: what waits may be sent. */
  opened(link: Link): void;
  replied(link: Link, request: number, body: Message): void;
  /** `refused` says that the request was not begun. */
  failed(link: Link, request: number, error: Error, refused: boolean): void;
  /** The server, or the way to it, is gone, and with it whatever left by that session or one before. */
  lost(link: Link, session: number): void;
  invalid(link: Link): void;
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
/** Milliseconds between two looks for messages while a link rests: a server that ends waits so long for it to answer a goodbye. */
const sweepInterval = 100;
/**
 * Milliseconds after which a link is tried again whose handshake was refused; or whose server said goodbye but is still connected, for its
 * router may have another server by then.
 */
const absence = 1_000;
/** Turns of the event loop without a message after which a connection that has ended has no more. */
const quietTurns = 3;
/** Cancellations that wait until it is known whether the server would understand them. */
const mostCancellations = 1_000;

export class Link {
  readonly endpoint: string;
  readonly #dealer: Dealer;
  readonly #owner: LinkOwner;
  readonly #client: number;
  readonly #isInproc: boolean;
  readonly #sender: EnvelopeSender;
  readonly #reader: EnvelopeReader;
  readonly #deaf: () => void;
  /** How many connections there have been: the one that stands, or the last. */
  session = 0;
  /** How many of them have ended, as far as is known. */
  #ended = 0;
  #server: "unknown" | "plain" | "toolkit" | "proxied" = "unknown";
  #readsPackets = false;
  #cancellations: number[] = [];
  /** Messages that came, packets as one. */
  #accepted = 0;
  /** Messages that libzmq does not have yet. */
  #unsent = 0;
  /** Whether the server waits for an answer to its goodbye, which is to come behind what is unsent. */
  #owesGoodbye = false;
  /** Runs while the server is about to end, and so is asked no more. */
  #absence: NodeJS.Timeout | undefined;
  /** Whether all that happened to the connection so far is known. */
  isAwake = false;
  /** Ends the attention to the connection; absent at rest. */
  #neglect: (() => void) | undefined;
  #sweeping: NodeJS.Timeout | undefined;
  /** Requests that have no reply yet. */
  inFlight = 0;
  /** Until when, by `performance.now()`, other links are better. */
  avoidUntil = 0;
  /** Runs when a handshake was refused, until it is tried again. */
  #connecting: NodeJS.Timeout | undefined;
  /** Why the last handshake failed. */
  handshakeError: HandshakeError | undefined;

  constructor(endpoint: string, socket: object, client: number, owner: LinkOwner) {
    this.endpoint = endpoint;
    this.#owner = owner;
    this.#client = client;
    this.#isInproc = endpoint.startsWith("inproc://");
    // Not `immediate`: such a Dealer drops the replies of a broken connection. That no request goes to a dead one is seen to here.
    this.#dealer = new Dealer({ ...defaults, ...socket, immediate: false });
    this.#sender = new EnvelopeSender(this.#dealer);
    this.#reader = new EnvelopeReader(
      this.#dealer,
      this.#sender,
      (message) => this.#accept(message),
      () => this.#owner.lost(this, this.session),
    );
    try {
      const { monitor } = this.#dealer[internals];
      this.#deaf = this.#isInproc ? () => {} : monitor.listen(this.#heed);
      this.#dealer.connect(endpoint);
    } catch (error) {
      void this.#dealer.close({ linger: 0 });
      throw error;
    }
    if (this.#isInproc) this.session = 1;
    this.rest();
  }

  /** Whether the connection stands and is attended to, see {@link wake}, and its server takes requests. */
  get isUp(): boolean {
    return this.isAwake && this.#absence === undefined && this.wasUp;
  }

  /** Whether it stood when last seen. */
  get wasUp(): boolean {
    return this.session > this.#ended;
  }

  /** Sends a request. `failed` is called if it could not leave within `timeout` milliseconds, or not at all. */
  send(
    request: number,
    body: readonly Frame[],
    timeout: number,
    priority: number,
    owner: Outgoing["owner"],
    failed: (error: Error) => void,
  ): void {
    const flags = this.#server === "unknown" ? requestFlags.ask : 0;
    const client = this.#client;
    const header = encodeHeader({ type: messageTypes.request, flags, priority, remaining: timeout, client, request });
    this.inFlight += 1;
    this.#send(header, body, timeout, failed, owner);
  }

  /** A request has its reply, or waits for none any more. With `cancel` the server is told, if it would understand. */
  end(request: number, cancel: boolean): void {
    this.inFlight -= 1;
    if (!cancel) return;
    if (this.#server === "toolkit") this.#cancel(request);
    else if (this.#server === "unknown" && this.#cancellations.length < mostCancellations)
      this.#cancellations.push(request);
  }

  /**
   * From here on what happens to the connection is told without delay, and the process stays alive. What happened before is known in
   * the next turn of the event loop: until `wakeUp` then, a request might go to a server that is gone.
   */
  wake(): void {
    clearInterval(this.#sweeping);
    this.#neglect = this.#isInproc ? () => {} : this.#dealer[internals].monitor.attend();
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
    clearTimeout(this.#absence);
    clearTimeout(this.#connecting);
    this.#deaf();
    // Nobody waits for what is not sent. What the server handles for this client ends with the connection.
    await this.#dealer.close({ linger: 0 });
  }

  #cancel(request: number): void {
    const client = this.#client;
    const header = encodeHeader({ type: messageTypes.cancel, flags: 0, priority: 0, remaining: 0, client, request });
    // What does not get through now is of no use later.
    this.#send(header, [], 0, nothing);
  }

  #send(
    header: Buffer,
    body: readonly Frame[],
    timeout: number,
    failed: (error: Error) => void,
    owner?: Outgoing["owner"],
  ): void {
    this.#unsent += 1;
    const done = (error?: Error) => {
      this.#unsent -= 1;
      if (this.#owesGoodbye && this.#unsent === 0) this.#goodbye();
      if (error !== undefined) failed(error);
    };
    this.#sender.send({ route: [], header, body, readsPackets: this.#readsPackets, timeout, done, owner });
  }

  /** Promises to send no more. */
  #goodbye(): void {
    this.#owesGoodbye = false;
    const client = this.#client;
    const header = encodeHeader({
      type: messageTypes.goodbye,
      flags: 0,
      priority: 0,
      remaining: 0,
      client,
      request: 0,
    });
    this.#sender.send({ route: [], header, body: [], readsPackets: false, timeout: absence, done: nothing });
  }

  /** The server is about to end, and waits until nothing is on its way any more. */
  #part(): void {
    this.#forget();
    clearTimeout(this.#absence);
    this.#absence = setTimeout(() => this.#return(), absence).unref();
    if (this.#unsent === 0) this.#goodbye();
    else this.#owesGoodbye = true;
  }

  /** There may be a server again. */
  #return(): void {
    clearTimeout(this.#absence);
    this.#absence = undefined;
    if (this.isUp) this.#owner.opened(this);
  }

  #accept(message: Message): void {
    this.#accepted += 1;
    if (isPacket(message, 0)) {
      try {
        readPacket(message[0], this.#read);
      } catch (error) {
        if (!(error instanceof EnvelopeError)) throw error;
        this.#owner.invalid(this);
      }
      return;
    }
    const delimiter = delimiterIn(message, 1);
    const header = message[delimiter - 1];
    if (header === undefined || !isHeader(header)) this.#owner.invalid(this);
    else this.#read(header, message.slice(delimiter + 1));
  }

  readonly #read = (header: Buffer, body: readonly Buffer[]): void => {
    const isWhole = header.length >= headerLength;
    if (isWhole && clientOf(header) !== this.#client) {
      this.#owner.invalid(this);
      return;
    }
    const request = isWhole ? requestOf(header) : -1;
    try {
      this.#receive(typeOf(header), header, request, body as Message);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      this.#owner.invalid(this);
      if (request >= 0) this.#owner.failed(this, request, error, false);
    }
  };

  #receive(type: number, header: Buffer, request: number, body: Message): void {
    if (type === messageTypes.welcome) {
      const flags = flagsOf(header);
      this.#readsPackets = (flags & welcomeFlags.packets) !== 0;
      this.#know((flags & welcomeFlags.proxied) !== 0 ? "proxied" : "toolkit");
      return;
    }
    if (type === messageTypes.probe) return;
    if (type === messageTypes.goodbye) {
      this.#part();
      return;
    }
    if (type === messageTypes.error) {
      const refused = (flagsOf(header) & errorFlags.refused) !== 0;
      this.#owner.failed(this, request, decodeError(body[0], refused), refused);
      return;
    }
    if (body.length === 0) throw new EnvelopeError("Cannot read a reply without a body");
    if (type === messageTypes.request) {
      // A plain server gives the header back as it came.
      this.#know("plain");
    } else if (type !== messageTypes.reply)
      throw new EnvelopeError(`Cannot read a message of the type ${type} as a reply`);
    this.#owner.replied(this, request, body);
  }

  #know(server: "plain" | "toolkit" | "proxied"): void {
    if (this.#server !== "unknown") return;
    this.#server = server;
    if (server === "toolkit") for (const request of this.#cancellations) this.#cancel(request);
    this.#cancellations = [];
  }

  readonly #heed = (event: SocketEvent): void => {
    if (event.type === "handshake") {
      this.session += 1;
      this.handshakeError = undefined;
      this.avoidUntil = 0;
      this.#return();
    } else if (event.type === "disconnect" && this.#ended < this.session) {
      this.#ended = this.session;
      this.#breakSoon(this.session);
    } else if ("error" in event && event.error instanceof HandshakeError) {
      this.handshakeError = event.error;
      this.#connecting ??= setTimeout(() => this.#connectAgain(), absence).unref();
    }
  };

  /** libzmq gives a connection up for good whose handshake was refused. */
  #connectAgain(): void {
    this.#connecting = undefined;
    if (this.wasUp) return;
    this.#dealer[internals].endpoints.connectAgain();
  }

  /**
   * What has arrived is read first: while there is something, each turn of the event loop brings at least one message. libzmq has a message for this moment, ZMQ_HICCUP_MSG, which comes behind the last reply; but with it
   * libzmq 4.3.5 failed an assertion of its own, `!_io_error`, and so ended the process, when servers were killed under load.
   */
  #breakSoon(session: number, accepted = this.#accepted, turns = quietTurns): void {
    setImmediate(() => {
      if (this.#accepted !== accepted) this.#breakSoon(session);
      else if (turns > 1) this.#breakSoon(session, accepted, turns - 1);
      else this.#broke(session);
    });
  }

  #broke(session: number): void {
    if (session >= this.session) this.#forget();
    this.#owner.lost(this, session);
  }

  /** The next server at this endpoint may be another. */
  #forget(): void {
    this.#server = "unknown";
    this.#readsPackets = false;
    this.#cancellations = [];
  }
}

function nothing(): void {}
