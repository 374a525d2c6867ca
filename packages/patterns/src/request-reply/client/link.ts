/** The conversation of a client with one server: requests, cancellations, replies, and what each knows of the other. */

import type { Frame, Message } from "@awaitmq/core";
import { DisconnectedError, EnvelopeError, UnavailableError } from "../../errors.ts";
import { type Credit, encodeCredit } from "../../wire/credit.ts";
import { errorFlags, flagsOf, type MessageType, messageTypes, positionOf, welcomeFlags } from "../../wire/envelope.ts";
import { decodeError } from "../../wire/error-body.ts";
import { type AnswerTaker, readAnswers } from "./answers.ts";
import { cannotStream } from "./cannot-stream.ts";
import { Connection } from "./connection.ts";
import type { LinkOwner } from "./link-owner.ts";
import type { LinkRequest } from "./link-request.ts";
import { atOnce, Post, urgently } from "./post.ts";
import type { ServerState } from "./server-status.ts";

/**
 * Milliseconds before retrying a link whose server shuts down but is still connected. Its router may have another
 * server by then.
 */
const absence = 1_000;
/** Milliseconds to prefer other links. */
const avoidance = 200;
/** The most cancellations that wait until it is known whether the server understands them. */
const mostCancellations = 1_000;

export class Link {
  readonly endpoint: string;
  readonly connection: Connection;
  readonly #owner: LinkOwner<Link>;
  readonly #taker: AnswerTaker;
  readonly #post: Post;
  /** The first request that left by the current session. */
  #first: number | undefined;
  #server: "unknown" | "plain" | "toolkit" | "proxied" = "unknown";
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
    this.#taker = { client, take: this.#heed, reject: this.#reject };
    this.connection = new Connection(endpoint, socket, {
      received: (message) => readAnswers(message, this.#taker),
      opened: () => this.#open(),
      lost: (session) => this.#lose(session),
      refused: () => owner.refused(),
    });
    this.#post = new Post(this.connection.sender, client);
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
    const { request, sending } = attempt;
    this.#first ??= request;
    this.inFlight += 1;
    this.#unsent += 1;
    this.#post.request(attempt, this.#server === "unknown", (error) => {
      this.#unsent -= 1;
      if (error !== undefined) failed(error);
      else {
        sending.hasLeft = true;
        if (sending.isGivenUp) this.#cancel(attempt);
      }
      if (this.#owesGoodbye && this.#unsent === 0) this.#goodbye();
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
    else this.#post.send(type, flags, request, position, body, { timeout: Number.POSITIVE_INFINITY, sending, done });
  }

  /** Lets the server of a stream send more. */
  grant({ request, session }: LinkRequest, credit: Credit, sent: () => void): void {
    if (!this.connection.isOver(session))
      this.#post.send(messageTypes.credit, 0, request, 0, [encodeCredit(credit)], { ...urgently, done: sent });
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

  /** Its server refused a request, timed out, or was slower than the one asked after it. */
  avoid(): void {
    this.avoidUntil = performance.now() + avoidance;
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
    // Nobody hears any more when the handlers of left streams have finished.
    this.#owner.lost(this, this.connection.session);
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
    this.#post.send(messageTypes.cancel, 0, request, 0, [], call.stream === undefined ? atOnce : urgently);
  }

  /** Promises to send no more. */
  #goodbye(): void {
    this.#owesGoodbye = false;
    this.#post.send(messageTypes.goodbye, 0, 0, 0, [], { timeout: absence, done: nothing });
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
    this.#post.readsPackets = false;
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

  readonly #heed = (type: MessageType, header: Buffer, request: number, body: Message): void => {
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
        const error = decodeError(body, flags);
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
  };

  readonly #reject = (error: EnvelopeError | undefined, request: number | undefined): void => {
    this.#owner.invalid();
    if (error !== undefined && request !== undefined) this.#owner.broken(this, request, error);
  };

  /**
   * Whether the answer to this request is about the current server. Messages of an earlier one may be read after the
   * handshake.
   */
  #isOfThisSession(request: number): boolean {
    return this.#first !== undefined && ((request - this.#first) | 0) >= 0;
  }

  #meet(flags: number): void {
    this.#post.readsPackets = (flags & welcomeFlags.packets) !== 0;
    this.#know((flags & welcomeFlags.proxied) !== 0 ? "proxied" : "toolkit");
  }

  #know(server: "plain" | "toolkit" | "proxied"): void {
    if (this.#server !== "unknown") return;
    this.#server = server;
    for (const attempt of this.#cancellations.splice(0)) this.#cancel(attempt);
  }
}

function nothing(): void {}
