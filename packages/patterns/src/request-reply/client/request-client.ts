/** The client of request and reply. */

import type { ClosedError, Frame, Message, Sendable } from "@awaitmq/core";
import { checkSignal, closedError, internals } from "@awaitmq/core/internals";
import { checkEndpoint } from "../../check.ts";
import { ownFrames } from "../../message/own-frames.ts";
import { follow } from "../../opening/servers.ts";
import { encodeValue } from "../../value/codec.ts";
import {
  type ByCodec,
  type BySchema,
  type FramesOnly,
  readValue,
  type ValueOptions,
  type Values,
  valuesOf,
} from "../../value/values.ts";
import { Caller, type CallValues, unchanged } from "./caller.ts";
import { Calls } from "./calls.ts";
import {
  type CallOptions,
  type ClientStats,
  checkCallOptions,
  type RequestClientOptions,
  readClientOptions,
  readStreamOptions,
  type StreamCallOptions,
} from "./client-options.ts";
import type { ClientReadyOptions } from "./ready-waits.ts";
import type { ReplyStream } from "./reply-stream.ts";
import type { ServerStatus } from "./server-status.ts";

/** Frames, if requests can be sent and replies are messages. Other types need a codec. */
type FramesOf<Request, Reply> = [Request, Message] extends [Sendable, Reply] ? FramesOnly : ByCodec<Reply, Request>;

const defaultOptions: CallOptions = {};

/**
 * Sends requests to equivalent servers, each to the connected one with the fewest in flight.
 *
 * Any number of calls may run at once. Servers are `serve`, or plain REP and ROUTER sockets in any language that return
 * the envelope.
 *
 * @category Request and reply
 * @example
 * ```ts
 * import { RequestClient, serve } from "@awaitmq/patterns";
 *
 * const server = serve("tcp://127.0.0.1:*", ([name]) => `Hello, ${name}`);
 * const client = new RequestClient({
 *   connect: server.endpoints,
 *   timeout: 2_000,
 * });
 *
 * const names = ["Ada", "Grace"];
 * const replies = await Promise.all(names.map((name) => client.request(name)));
 * console.log(replies.join(" ")); // Hello, Ada Hello, Grace
 *
 * await client.close();
 * await server.stop();
 * ```
 */
export class RequestClient<Request = Sendable, Reply = Message> implements AsyncDisposable {
  readonly #calls: Calls;
  /** Undefined if messages are frames. */
  readonly #values: Values | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #caller: Caller;
  /** Aborted when the client closes, with the reason that its calls reject with. */
  readonly #end = new AbortController();
  readonly #leaveServers: () => void;
  #closing: Promise<void> | undefined;

  /**
   * @param options the servers, limits, and the defaults of calls
   * @throws TypeError, RangeError for wrong options; AddressError (`ERR_ADDRESS_...`) for a wrong endpoint
   */
  constructor(options: RequestClientOptions & BySchema<Reply, Request>);
  constructor(options: RequestClientOptions & ByCodec<Reply, Request>);
  constructor(options: RequestClientOptions & FramesOf<Request, Reply>);
  constructor(options: RequestClientOptions & ValueOptions) {
    const checked = readClientOptions(options);
    this.#values = valuesOf(checked);
    this.#signal = checked.signal;
    checkSignal(this.#end.signal);
    this.#calls = new Calls(checked);
    this.#caller = new Caller(this.#calls, checked.timeout, this.#end.signal);
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

  /** The servers as they were last seen, then those being left that still answer. Empty once the client is closed. */
  get servers(): readonly ServerStatus[] {
    return this.#closing === undefined ? this.#calls.links.status : [];
  }

  /** What the client has done, and what it is doing. */
  get stats(): ClientStats {
    return this.#calls.stats;
  }

  /**
   * Sends a request and resolves to the frames of its reply or, with a codec, to its value.
   *
   * The call settles by its deadline, whatever the servers and an asynchronous schema do. While no server is connected,
   * the call waits, unless `waitForServer` is false. The request is retried, within the budget, if a server refused it.
   * An `idempotent` request is also retried if a server disconnected or did not answer. The stack of an error shows the
   * functions that await the call.
   *
   * @param message a message or, with a codec, a value
   * @param options the timeout, signal and other settings of this call
   * @throws RemoteError (`ERR_REMOTE`) if the handler threw
   * @throws TimeoutError (`ERR_TIMEOUT`) at the deadline; the message says why
   * @throws DisconnectedError (`ERR_DISCONNECTED`) if the server disconnected; whether it handled the request is
   * unknown
   * @throws OverloadedError, UnavailableError (`ERR_OVERLOADED`, `ERR_UNAVAILABLE`) if the server refused it
   * @throws UnavailableError (`ERR_UNAVAILABLE`) if no server is connected and `waitForServer` is false
   * @throws HandshakeError (`ERR_HANDSHAKE`) if all servers refuse this client
   * @throws QueueFullError (`ERR_QUEUE_FULL`) if `maxPending` calls already wait
   * @throws CodecError for the request or the reply; SchemaError for the reply
   * @throws ClosedError (`ERR_CLOSED`) if the client is closed; `signal.reason`
   * @throws TypeError, RangeError for wrong arguments
   */
  request(message: Request, options: CallOptions = defaultOptions): Promise<Reply> {
    let frames: readonly Frame[];
    try {
      if (options !== defaultOptions) checkCallOptions(options);
      frames = this.#framesOf(message, "as a request");
    } catch (error) {
      return Promise.reject(error);
    }
    const reply =
      this.#values === undefined
        ? this.#caller.frames(message, frames, options)
        : this.#caller.request(message, frames, options, this.#callValues);
    return reply as Promise<Reply>;
  }

  /**
   * Sends a request whose handler streams its replies, and returns them as an async iterator.
   *
   * Nothing is sent before the first `next()`, unless there is `input`. Leaving the loop cancels the call, and waits
   * until the handler has finished, its `finally` included. A handler that gives one reply gives one item.
   *
   * The server sends at most `window` ahead of the reader, so a slow reader slows down its handler. Streams share a
   * connection without delaying each other. After the first item nothing is retried. Before it, the rules of
   * {@link RequestClient.request} hold, but a stream is never hedged. A retry needs an unread `input`.
   *
   * @param message a message or, with a codec, a value
   * @param options the input, window, timeouts, signal and other settings of this call
   * @throws TypeError, RangeError, CodecError at once, for wrong arguments
   * @throws UnsupportedError (`ERR_UNSUPPORTED`) from the loop, if a plain REP or a proxy is in the way
   * @throws RemoteError (`ERR_REMOTE`) from the loop, if the handler threw, after the items that came before
   * @throws DisconnectedError (`ERR_DISCONNECTED`) from the loop, if the server disconnected
   * @throws UnavailableError (`ERR_UNAVAILABLE`) from the loop, if the server shut down before the stream ended
   * @throws TimeoutError (`ERR_TIMEOUT`) from the loop, after `timeout` or `idleTimeout`
   * @throws EnvelopeError (`ERR_ENVELOPE`) from the loop, if a side broke the rules; the others of `request`
   * @example
   * ```ts
   * import { RequestClient, serve } from "@awaitmq/patterns";
   *
   * const server = serve("tcp://127.0.0.1:*", async function* ([name]) {
   *   for (let number = 1; ; number++) yield `${name} ${number}`;
   * });
   * const client = new RequestClient({ connect: server.endpoints });
   *
   * for await (const [item] of client.stream("tick")) {
   *   console.log(`${item}`); // tick 2
   *   if (`${item}` === "tick 2") break; // ends the handler too
   * }
   *
   * await client.close();
   * await server.stop();
   * ```
   */
  stream(message: Request, options: StreamCallOptions<Request> = {}): ReplyStream<Reply> {
    const checked = readStreamOptions(options as StreamCallOptions<never>);
    const frames = this.#framesOf(message, "as a request");
    return this.#caller.stream(message, frames, checked, this.#callValues);
  }

  /** For other packages of this project: calls with values of their own. */
  get [internals](): Caller {
    return this.#caller;
  }

  /**
   * Resolves when enough servers are connected. Servers that are shutting down do not count. It is rarely
   * needed: without it, the first calls wait for a server.
   *
   * @param options how many servers, and how long to wait
   * @throws TimeoutError (`ERR_TIMEOUT`) after `timeout`
   * @throws HandshakeError (`ERR_HANDSHAKE`) if servers refuse this client and too few are left
   * @throws ClosedError (`ERR_CLOSED`) if the client is closed; `signal.reason`
   * @throws TypeError, RangeError for wrong arguments
   */
  async ready(options: ClientReadyOptions = {}): Promise<void> {
    if (this.#closing !== undefined) throw this.#closedError("wait for servers");
    await this.#calls.ready.wait(options);
  }

  /**
   * Adds a server. Does nothing if the client already has it.
   *
   * @param endpoint where the server is bound
   * @throws AddressError (`ERR_ADDRESS_...`) for a wrong endpoint
   * @throws TypeError, ClosedError
   */
  connect(endpoint: string): void {
    checkEndpoint("connect takes", endpoint);
    if (this.#closing !== undefined) throw this.#closedError(`connect to ${endpoint}`);
    this.#calls.links.connect(endpoint);
  }

  /**
   * Removes a server, and resolves when its last request has ended and the connection is closed.
   *
   * Its requests in flight go on. Those that end without an answer are retried elsewhere as usual. While the client has
   * no server, calls wait.
   *
   * @param endpoint the server's endpoint, as in `servers`
   * @throws AddressError (`ERR_ADDRESS_UNAVAILABLE`) if the client does not have this server
   * @throws TypeError, ClosedError
   */
  async disconnect(endpoint: string): Promise<void> {
    checkEndpoint("disconnect takes", endpoint);
    if (this.#closing !== undefined) throw this.#closedError(`disconnect from ${endpoint}`);
    await this.#calls.links.disconnect(endpoint);
  }

  /**
   * Closes the client and its sockets. All calls reject with `ClosedError`, or with the reason of the client's aborted
   * signal. The servers then know that nobody waits for those replies.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #abort = (): void => void this.close();

  async #close(): Promise<void> {
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#leaveServers();
    this.#end.abort(this.#signal?.aborted ? this.#signal.reason : this.#closedError());
    this.#calls.ready.fail(() => this.#closedError("wait for servers"), this.#signal);
    await this.#calls.close((isStream) => this.#closedError(isStream ? "read a stream" : undefined), this.#signal);
  }

  /** @throws TypeError, CodecError */
  #framesOf(message: Request, where: string): readonly Frame[] {
    const { codec } = this.#values ?? {};
    return ownFrames((codec === undefined ? message : encodeValue(codec, message, where)) as Sendable);
  }

  readonly #callValues: CallValues = {
    read: (message, where) => (this.#values === undefined ? message : readValue(this.#values, message, where)),
    encode: (item) => this.#framesOf(item as Request, "as an item"),
    explain: unchanged,
  };

  #closedError(action = "send a request"): ClosedError {
    return closedError(action, "client");
  }
}
