/** The client of request and reply. */

import type { ClosedError, Frame, Message, Sendable } from "@awaitmq/core";
import { checkSignal, closedError } from "@awaitmq/core/internals";
import { checkEndpoint } from "../../check.ts";
import { ownFrames } from "../../message/own-frames.ts";
import { follow } from "../../opening/servers.ts";
import { encodeValue } from "../../value/codec.ts";
import { inTime, timeLeft } from "../../value/in-time.ts";
import {
  type ByCodec,
  type BySchema,
  type FramesOnly,
  readValue,
  type ValueOptions,
  type Values,
  valuesOf,
} from "../../value/values.ts";
import { Calls } from "./calls.ts";
import {
  type CallOptions,
  type ClientStats,
  checkCallOptions,
  type RequestClientOptions,
  readClientOptions,
} from "./client-options.ts";
import type { ClientReadyOptions } from "./ready-waits.ts";
import type { ServerStatus } from "./server-status.ts";

/** No codec, where requests can be sent and replies are what arrives; for other types a codec is missing. */
type FramesOf<Request, Reply> = [Request, Message] extends [Sendable, Reply] ? FramesOnly : ByCodec<Reply, Request>;

const defaultOptions: CallOptions = {};

/**
 * Asks servers that are equal to each other, and spreads its calls over those that are there: each goes to the one with the fewest
 * in flight. Any number of calls may run at once. Servers are `serve`, or plain REP and ROUTER sockets in any language that give the
 * envelope back.
 */
export class RequestClient<Request = Sendable, Reply = Message> implements AsyncDisposable {
  readonly #calls: Calls;
  /** Undefined where messages are frames. */
  readonly #values: Values | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #timeout: number;
  /** Aborted when the client closes, with what its calls reject with. */
  readonly #end = new AbortController();
  readonly #leaveServers: () => void;
  #closing: Promise<void> | undefined;

  /** @throws TypeError, RangeError for wrong options, AddressError for a wrong endpoint */
  constructor(options: RequestClientOptions & BySchema<Reply, Request>);
  constructor(options: RequestClientOptions & ByCodec<Reply, Request>);
  constructor(options: RequestClientOptions & FramesOf<Request, Reply>);
  constructor(options: RequestClientOptions & ValueOptions) {
    const checked = readClientOptions(options);
    this.#values = valuesOf(checked);
    this.#signal = checked.signal;
    this.#timeout = checked.timeout;
    checkSignal(this.#end.signal);
    this.#calls = new Calls(checked);
    const { links } = this.#calls;
    try {
      this.#leaveServers = follow(checked.connect, {
        connect: (endpoint) => links.connect(endpoint),
        disconnect: (endpoint) => links.disconnect(endpoint),
      });
    } catch (error) {
      void links.close();
      throw error;
    }
    if (this.#signal?.aborted) this.#abort();
    else this.#signal?.addEventListener("abort", this.#abort);
  }

  /** The servers, as they were when last seen; behind them those that were given up and still answer. None once it is closed. */
  get servers(): readonly ServerStatus[] {
    return this.#closing === undefined ? this.#calls.links.status : [];
  }

  get stats(): ClientStats {
    return this.#calls.stats;
  }

  /**
   * Sends a request and resolves to the frames of its reply, or with a codec to its value. It settles by its deadline, whatever the servers
   * and an asynchronous schema do.
   *
   * While no server is connected it waits, unless `waitForServer` is false. It is sent again, within the budget, if a server refused it, or, when it is `idempotent`, if a server went away or gave no answer.
   *
   * The stack of an error shows the functions that await the call.
   *
   * @throws RemoteError when the handler threw; TimeoutError at the deadline, which tells why; DisconnectedError when the server went away
   * and it is unknown whether it handled the request; OverloadedError, UnavailableError when it was refused; UnavailableError when no server
   * is connected and `waitForServer` is false; HandshakeError when all servers refuse this client; QueueFullError when too many calls wait;
   * ClosedError; `signal.reason`; CodecError for a request or a reply; SchemaError for a reply; TypeError, RangeError for wrong arguments
   */
  request(message: Request, options: CallOptions = defaultOptions): Promise<Reply> {
    if (this.#closing !== undefined) return Promise.reject(this.#closedError());
    let frames: readonly Frame[];
    try {
      if (options !== defaultOptions) checkCallOptions(options);
      frames = ownFrames(
        this.#values === undefined
          ? (message as Sendable)
          : (encodeValue(this.#values.codec, message, "as a request") as Sendable),
      );
    } catch (error) {
      return Promise.reject(error);
    }
    if (options.signal?.aborted) return Promise.reject(options.signal.reason);
    const reply = this.#calls.begin(message, frames, options);
    return (this.#values === undefined ? reply : this.#read(this.#values, reply, options)) as Promise<Reply>;
  }

  /**
   * Resolves when so many servers are connected; those that are about to stop don't count. Without it the first calls wait for a server,
   * which is mostly what is wanted.
   *
   * @throws TimeoutError; HandshakeError when so many servers refuse this client that too few are left; ClosedError; `signal.reason`;
   * TypeError, RangeError for wrong arguments
   */
  async ready(options: ClientReadyOptions = {}): Promise<void> {
    if (this.#closing !== undefined) throw this.#closedError("wait for servers");
    await this.#calls.ready.wait(options);
  }

  /**
   * Asks one more server from now on. Does nothing for one that it has.
   *
   * @throws TypeError, AddressError, ClosedError
   */
  connect(endpoint: string): void {
    checkEndpoint("connect takes", endpoint);
    if (this.#closing !== undefined) throw this.#closedError(`connect to ${endpoint}`);
    this.#calls.links.connect(endpoint);
  }

  /**
   * Asks a server no more. Requests that are with it go on, and those that end without an answer are tried elsewhere as ever. Resolves when
   * none is left, and the connection is closed. Calls wait while the client has no server.
   *
   * @throws TypeError; AddressError `ERR_ADDRESS_UNAVAILABLE` for an endpoint that it does not have; ClosedError
   */
  async disconnect(endpoint: string): Promise<void> {
    checkEndpoint("disconnect takes", endpoint);
    if (this.#closing !== undefined) throw this.#closedError(`disconnect from ${endpoint}`);
    await this.#calls.links.disconnect(endpoint);
  }

  /** Rejects all calls with `ClosedError`, or with the reason of the client's aborted signal, and closes the sockets, by which the servers learn that nobody waits any more. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** As `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #abort = (): void => void this.close();

  async #close(): Promise<void> {
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#leaveServers();
    this.#end.abort(this.#signal?.aborted ? this.#signal.reason : this.#closedError());
    this.#calls.ready.fail(() => this.#closedError("wait for servers"), this.#signal);
    await this.#calls.close(() => this.#closedError(), this.#signal);
  }

  /** The value of a reply, within the time of its call and the life of the client. */
  async #read(values: Values, reply: Promise<Message>, { signal, timeout = this.#timeout }: CallOptions) {
    const left = timeLeft({ timeout });
    const value = readValue(values, await reply, "as a reply");
    if (!(value instanceof Promise)) return value;
    const end = this.#end.signal;
    return inTime(value, { ...left(), signal: signal === undefined ? end : AbortSignal.any([signal, end]) });
  }

  #closedError(action = "send a request"): ClosedError {
    return closedError(action, "client");
  }
}
