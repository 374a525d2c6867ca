/** The conversation of a client with one server: requests, cancellations, replies, and what each knows of the other. */

import type { Frame, Message } from "@awaitmq/core";
import { DisconnectedError, EnvelopeError, UnavailableError } from "../../errors.ts";
import { checkFrameCount } from "../../message/frame-count.ts";
import { type Credit, encodeCredit } from "../../wire/credit.ts";
import {
  clientOf,
  delimiterIn,
  encodeHeader,
  errorFlags,
  flagsOf,
  headerLength,
  isHeader,
  type MessageType,
  messageTypes,
  positionAt,
  positionOf,
  requestFlags,
  requestOf,
  typeOf,
  welcomeFlags,
} from "../../wire/envelope.ts";
import type { Outgoing } from "../../wire/envelope-sender.ts";
import { decodeError } from "../../wire/error-body.ts";
import { isPacket, readPacket } from "../../wire/packet.ts";
import { cannotStream } from "./cannot-stream.ts";
import { Connection } from "./connection.ts";
import type { LinkOwner } from "./link-owner.ts";
import type { LinkRequest } from "./link-request.ts";
import type { ServerState } from "./server-status.ts";

/**
 * Milliseconds before retrying a link whose server shuts down but is still connected. Its router may have another
 * server by then.
 */
const absence = 1_000;
/** The most cancellations that wait until it is known whether the server understands them. */
const mostCancellations = 1_000;

export class Link {
  readonly endpoint: string;
  readonly connection: Connection;
  readonly #owner: LinkOwner<Link>;
  readonly #client: number;
  /** The first request that left by the current session. */
  #first: number | undefined;
  #server: "unknown" | "plain" | "toolkit" | "proxied" = "unknown";
  #readsPackets = false;
  /** Requests to cancel once it is known that the server understands it. */
  #cancellations: LinkRequest[] = [];
  /** Messages that libzmq does not have yet. */
  #unsent = 0;
  /** Whether the server waits for the answer to its goodbye, which must come after unsent messages. */
  #owesGoodbye = false;
  /** Runs while the server is shutting down and gets no requests. */
  #absence: NodeJS.Timeout | undefined;
  /** Called when nothing is in flight any more. Undefined while the link takes requests. */
  #emptied: (() => void) | undefined;
  /** Requests without a reply. */
  inFlight = 0;
  /** Until when other links are preferred, in the time of `performance.now()`. */
  avoidUntil = 0;

  /** @throws AddressError, and what a Dealer throws for its options */
  constructor(endpoint: string, socket: object, client: number, owner: LinkOwner<Link>) {
    this.endpoint = endpoint;
    this.#owner = owner;
    this.#client = client;
    this.connection = new Connection(endpoint, socket, {
      received: (message) => this.#receive(message),
      opened: () => this.#open(),
      lost: (session) => this.#lose(session),
      refused: () => owner.refused(),
    });
  }

  /** Its state when last seen. */
  get state(): ServerState {
    if (this.#emptied !== undefined) return "disconnecting";
    if (this.connection.report.refusal !== undefined) return "refused";
    if (!this.connection.wasUp) return "connecting";
    return this.#absence === undefined ? "connected" : "stopping";
  }

  /** Whether its server is connected and takes requests. */
  get isUp(): boolean {
    return this.connection.isAwake && this.#absence === undefined && this.connection.wasUp;
  }

  /** Sends a request. `failed` is called if it could not leave by the call's deadline, or not at all. */
  send(attempt: LinkRequest, failed: (error: Error) => void): void {
    const { call, request, sending } = attempt;
    const { frames, priority, deadline, extension, stream } = call;
    this.#first ??= request;
    const remaining = Math.max(0, deadline - performance.now());
    const type = stream === undefined ? messageTypes.request : messageTypes.open;
    const flags =
      (this.#server === "unknown" ? requestFlags.ask : 0) | (stream?.hasInput === true ? requestFlags.input : 0);
    const client = this.#client;
    const header = encodeHeader({ type, flags, priority, remaining, client, request, extension });
    this.inFlight += 1;
    this.#unsent += 1;
    this.connection.sender.send({
      route: [],
      header,
      body: frames,
      readsPackets: this.#readsPackets,
      timeout: remaining,
      sending,
      done: (error) => {
        this.#unsent -= 1;
        if (error !== undefined) failed(error);
        else {
          sending.hasLeft = true;
          if (sending.isGivenUp) this.#cancel(attempt);
        }
        if (this.#owesGoodbye && this.#unsent === 0) this.#goodbye();
      },
    });
  }

  /** Sends a message of a stream to its server. */
  stream(
    { request, session, sending }: LinkRequest,
    type: MessageType,
    flags: number,
    position: number,
    body: readonly Frame[],
    done: (error?: Error) => void,
  ): void {
    if (this.connection.isOver(session)) done(new DisconnectedError(`The server at ${this.endpoint} disconnected`));
    else this.#post(type, flags, request, position, body, { timeout: Number.POSITIVE_INFINITY, sending, done });
  }

  /** Lets the server of a stream send more. */
  grant({ request, session }: LinkRequest, credit: Credit): void {
    if (!this.connection.isOver(session))
      this.#post(messageTypes.credit, 0, request, 0, [encodeCredit(credit)], urgent);
  }

  /** The server of a stream, which was left, turns out to understand streams. */
  accepted(attempt: LinkRequest): void {
    if (attempt.isAccepted) return;
    attempt.isAccepted = true;
    this.#cancel(attempt);
  }

  /** What kind of server is known to be there. */
  get server(): "unknown" | "plain" | "toolkit" | "proxied" {
    return this.#server;
  }

  /** A request has its reply, or is given up. With `cancel` the server is notified, if it understands that. */
  end(attempt: LinkRequest, cancel: boolean): void {
    const { sending } = attempt;
    this.inFlight -= 1;
    if (cancel && sending.hasLeft && !this.connection.isOver(attempt.session)) this.#cancel(attempt);
    // Of a stream, items may still wait.
    if ((cancel && !sending.hasLeft) || attempt.call.stream !== undefined) sending.giveUp();
    if (this.#emptied !== undefined && this.inFlight === 0) this.#emptied();
  }

  /** Takes no more requests. Resolves when the last one in flight has ended and the link is closed. */
  async leave(): Promise<void> {
    if (this.inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#emptied = resolve;
      });
    }
    await this.close();
  }

  async close(): Promise<void> {
    clearTimeout(this.#absence);
    await this.connection.close();
  }

  #cancel(attempt: LinkRequest): void {
    // A proxy sends each message to its next server, so a cancellation would reach the wrong one, and change whose turn
    // it is.
    if (this.#server === "toolkit" || attempt.isAccepted) this.#tellCancelled(attempt);
    else if (this.#server === "unknown" && this.#cancellations.length < mostCancellations)
      this.#cancellations.push(attempt);
  }

  #tellCancelled({ request, call }: LinkRequest): void {
    // Without a stream, a cancellation that cannot leave now is of no use later: the server knows the deadline.
    this.#post(messageTypes.cancel, 0, request, 0, [], call.stream === undefined ? atOnce : urgent);
  }

  /** Promises to send no more. */
  #goodbye(): void {
    this.#owesGoodbye = false;
    this.#post(messageTypes.goodbye, 0, 0, 0, [], { timeout: absence, done: nothing });
  }

  #post(
    type: MessageType,
    flags: number,
    request: number,
    position: number,
    body: readonly Frame[],
    sending: Pick<Outgoing, "timeout" | "done" | "sending" | "isUrgent">,
  ): void {
    const header = encodeHeader({ type, flags, priority: 0, remaining: 0, client: this.#client, request });
    header.writeUInt32BE(position >>> 0, positionAt);
    this.connection.sender.send({ route: [], header, body, readsPackets: this.#readsPackets, ...sending });
  }

  #open(): void {
    // It may be another server.
    this.#first = undefined;
    this.#forget();
    this.avoidUntil = 0;
    this.#return();
  }

  #lose(session: number): void {
    if (session >= this.connection.session) this.#forget();
    this.#owner.lost(this, session);
    this.#owner.closed();
  }

  #forget(): void {
    this.#server = "unknown";
    this.#readsPackets = false;
    this.#cancellations = [];
    this.#owesGoodbye = false;
  }

  /** The server is shutting down, and waits until no request is in flight. */
  #part(): void {
    this.#forget();
    this.#beAbsent();
    if (this.#unsent === 0) this.#goodbye();
    else this.#owesGoodbye = true;
  }

  /** The server takes no more requests. */
  #beAbsent(): void {
    clearTimeout(this.#absence);
    this.#absence = setTimeout(() => this.#return(), absence).unref();
    this.#owner.closed();
  }

  /** There may be a server again. */
  #return(): void {
    clearTimeout(this.#absence);
    this.#absence = undefined;
    if (this.isUp) this.#owner.opened();
  }

  #receive(message: Message): void {
    if (isPacket(message, 0)) {
      try {
        readPacket(message[0], this.#read);
      } catch (error) {
        if (!(error instanceof EnvelopeError)) throw error;
        this.#owner.invalid();
      }
      return;
    }
    const delimiter = delimiterIn(message, 1);
    const header = message[delimiter - 1];
    if (header === undefined || !isHeader(header)) this.#owner.invalid();
    else this.#read(header, message.slice(delimiter + 1));
  }

  readonly #read = (header: Buffer, body: readonly Buffer[]): void => {
    const isWhole = header.length >= headerLength;
    if (isWhole && clientOf(header) !== this.#client) {
      this.#owner.invalid();
      return;
    }
    const request = isWhole ? requestOf(header) : -1;
    try {
      checkFrameCount(body);
      this.#heed(typeOf(header), header, request, body as Message);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      this.#owner.invalid();
      if (request >= 0) this.#owner.failed(this, request, error, false);
    }
  };

  /** @throws EnvelopeError */
  #heed(type: MessageType, header: Buffer, request: number, body: Message): void {
    const flags = flagsOf(header);
    const isNews = this.#isOfThisSession(request);
    switch (type) {
      case messageTypes.welcome:
        if (isNews) this.#meet(flags);
        break;
      case messageTypes.probe:
        break;
      case messageTypes.goodbye:
        if (isNews) this.#part();
        break;
      case messageTypes.error: {
        const refused = (flags & errorFlags.refused) !== 0;
        const error = decodeError(body[0], flags);
        // It says goodbye when its handlers have ended. Behind a proxy there may be other servers.
        if (isNews && error instanceof UnavailableError && this.#server === "toolkit") this.#beAbsent();
        this.#owner.failed(this, request, error, refused);
        break;
      }
      case messageTypes.request: // A plain server returns the header unchanged.
      case messageTypes.reply:
        if (body.length === 0) throw new EnvelopeError("Cannot read a reply: it has no body");
        if (isNews && type === messageTypes.request) this.#know("plain");
        this.#owner.replied(this, request, body);
        break;
      case messageTypes.item:
      case messageTypes.items:
      case messageTypes.end:
      case messageTypes.credit:
      case messageTypes.enough:
        this.#owner.streamed(this, request, type, flags, positionOf(header), body);
        break;
      case messageTypes.open: // A plain server returns the header of a stream.
        if (isNews) this.#know("plain");
        this.#owner.failed(this, request, cannotStream(this.endpoint, "plain"), false);
        break;
      default:
        throw new EnvelopeError(`Cannot read a message of the type ${type} as a reply`);
    }
  }

  /**
   * Whether the answer to this request is about the current server. Messages of an earlier one may be read after the
   * handshake.
   */
  #isOfThisSession(request: number): boolean {
    return this.#first !== undefined && ((request - this.#first) | 0) >= 0;
  }

  #meet(flags: number): void {
    this.#readsPackets = (flags & welcomeFlags.packets) !== 0;
    this.#know((flags & welcomeFlags.proxied) !== 0 ? "proxied" : "toolkit");
  }

  #know(server: "plain" | "toolkit" | "proxied"): void {
    if (this.#server !== "unknown") return;
    this.#server = server;
    for (const attempt of this.#cancellations.splice(0)) this.#cancel(attempt);
  }
}

/** How messages without a caller are sent. */
const urgent = { timeout: Number.POSITIVE_INFINITY, done: nothing, isUrgent: true } as const;
const atOnce = { timeout: 0, done: nothing } as const;

function nothing(): void {}
