/** The endpoints of one socket: bind, connect and their opposites. */

import { addressError, checkAddress, checkString } from "./address.ts";
import { AddressError } from "./errors.ts";
import type { Monitor } from "./monitor.ts";
import { type NativeSocket, nativeClasses } from "./native.ts";
import { nextTurn } from "./turn.ts";

/** How to connect a Router or a Stream: a name for the peer. */
export interface ConnectOptions {
  /**
   * The name by which this socket addresses that one peer, 1 to 255 bytes, the first not zero; see ZMQ_CONNECT_ROUTING_ID of
   * zmq_setsockopt(3). Another name for each connect of a socket, also after a disconnect, and none that a peer gives itself:
   * libzmq ends the process over two peers of one name.
   *
   * @throws TypeError, RangeError
   */
  readonly routingId?: string | Buffer | undefined;
}

/** The socket that the endpoints are of. */
interface EndpointOwner {
  readonly native: NativeSocket;
  readonly monitor: Monitor;
  /** @throws ClosedError */
  checkOpen(action: string): void;
  /** Told before the first peers from outside the process can come. */
  expectPeers(by: "bind" | "connect"): void;
}

interface Bound {
  readonly asked: string;
  readonly endpoint: string;
}

/** Milliseconds that libzmq's I/O thread may take to give a port back. */
const longestUnbind = 1_000;

export class Endpoints {
  readonly #socket: EndpointOwner;
  readonly #native: NativeSocket;
  readonly #monitor: Monitor;
  /** This thread's connections by `inproc://` name, of all sockets in the context. */
  readonly #inproc: Map<string, number>;
  readonly #bound: Bound[] = [];
  readonly #connected: string[] = [];
  /** Names that connections of this socket were given, as latin1. */
  readonly #routingIds = new Set<string>();

  constructor(socket: EndpointOwner, inproc: Map<string, number>) {
    this.#socket = socket;
    this.#native = socket.native;
    this.#monitor = socket.monitor;
    this.#inproc = inproc;
  }

  get bound(): string[] {
    return this.#bound.map(({ endpoint }) => endpoint);
  }

  get all(): string[] {
    return [...this.bound, ...this.#connected];
  }

  get binds(): boolean {
    return this.#bound.length > 0;
  }

  /** Whether any endpoint leaves the process. */
  get hasNetwork(): boolean {
    return this.all.some((endpoint) => !isInproc(endpoint));
  }

  get hasInproc(): boolean {
    return this.all.some(isInproc);
  }

  get connects(): boolean {
    return this.#connected.length > 0;
  }

  get inprocPeers(): number {
    const connections = this.#connected.filter(isInproc).length;
    const served = this.#boundInproc.map((endpoint) => this.#inproc.get(endpoint) ?? 0);
    return served.reduce((sum, count) => sum + count, connections);
  }

  async bind(address: string): Promise<string> {
    // A monitor that had no time to be read may be full, and a bind reports to it: let it be read first.
    if (this.#monitor.started) await nextTurn();
    return this.bindSync(address);
  }

  bindSync(address: string): string {
    this.#socket.checkOpen("bind");
    checkAddress(address, "bind");
    if (!isInproc(address)) this.#socket.expectPeers("bind");
    this.#monitor.expectBind();
    try {
      // The native bind() would keep the socket from receiving and sending meanwhile; this takes as long as a receive.
      this.#native.bindSync(address);
    } catch (error) {
      throw addressError(this.#monitor.started ? causeOfFailure(error, address) : error, "bind to", address);
    }
    const endpoint = this.#native.lastEndpoint ?? address;
    this.#bound.push({ asked: address, endpoint });
    return endpoint;
  }

  async unbind(address: string): Promise<void> {
    const bound = this.#find(address);
    if (isInproc(bound.endpoint)) {
      this.#unbind(bound);
      return;
    }
    this.#monitor.start();
    this.#unbind(bound);
    await this.#released(bound.endpoint);
  }

  /** As `unbind`, but libzmq's I/O thread may still be about to close the listener when this returns the endpoint. */
  unbindSync(address: string): string {
    const bound = this.#find(address);
    this.#unbind(bound);
    return bound.endpoint;
  }

  connect(address: string, { routingId }: ConnectOptions = {}): void {
    this.#socket.checkOpen("connect");
    checkAddress(address, "connect");
    if (routingId !== undefined) this.#checkRoutingId(routingId);
    if (!isInproc(address)) this.#socket.expectPeers("connect");
    this.#monitor.refusal = undefined;
    try {
      if (routingId === undefined) this.#native.connect(address);
      else this.#native.connect(address, { routingId });
    } catch (error) {
      throw addressError(error, "connect to", address);
    }
    if (routingId !== undefined) this.#routingIds.add(latin1(routingId));
    this.#connected.push(address);
    if (isInproc(address)) this.#inproc.set(address, (this.#inproc.get(address) ?? 0) + 1);
  }

  /** Makes the connections over a network once more. What libzmq has queued for them is lost. */
  connectAgain(): void {
    this.#monitor.refusal = undefined;
    for (const address of this.#connected) {
      if (isInproc(address)) continue;
      try {
        this.#native.disconnect(address);
      } catch {
        // libzmq has given it up, and forgotten it with that.
      }
      this.#monitor.forgetPeers(address);
      this.#native.connect(address);
    }
  }

  disconnect(address: string): void {
    this.#socket.checkOpen("disconnect");
    checkString(address);
    const index = this.#connected.indexOf(address);
    if (index < 0) throw notHere("disconnect from", address);
    this.#end(address, "disconnect from");
    this.#monitor.forgetPeers(address);
    this.#connected.splice(index, 1);
    this.#forgetInproc(address);
  }

  /** The socket is about to close. Names of `inproc://` are free at once: libzmq would give them back some time later. */
  clear(): void {
    for (const address of this.#connected.splice(0)) this.#forgetInproc(address);
    for (const endpoint of this.#boundInproc) this.#native.disconnect(endpoint);
    this.#bound.length = 0;
  }

  #checkRoutingId(routingId: unknown): void {
    if (typeof routingId !== "string" && !Buffer.isBuffer(routingId))
      throw new TypeError(`routingId is a string or a Buffer, got ${routingId === null ? "null" : typeof routingId}`);
    const id = Buffer.from(routingId);
    if (id.length < 1 || id.length > 255 || id[0] === 0)
      throw new RangeError("routingId has 1 to 255 bytes, of which the first is not zero");
    if (this.#routingIds.has(latin1(routingId)))
      throw new RangeError(`routingId ${id.toString("hex")} was given to another connection of this socket already`);
  }

  #find(address: string): Bound {
    this.#socket.checkOpen("unbind");
    checkString(address);
    const bound =
      this.#bound.find(({ endpoint }) => endpoint === address) ?? this.#bound.find(({ asked }) => asked === address);
    if (bound === undefined) throw notHere("unbind from", address);
    return bound;
  }

  #unbind(bound: Bound): void {
    // The native unbind() works on the socket from another thread, and unbindSync() binds; libzmq has one call for both.
    this.#end(bound.endpoint, "unbind from");
    this.#monitor.forgetPeers(bound.endpoint);
    this.#bound.splice(this.#bound.indexOf(bound), 1);
  }

  #end(endpoint: string, action: string): void {
    try {
      this.#native.disconnect(endpoint);
    } catch (error) {
      throw addressError(error, action, endpoint);
    }
  }

  get #boundInproc(): string[] {
    return this.bound.filter(isInproc);
  }

  #forgetInproc(address: string): void {
    const count = this.#inproc.get(address);
    if (count === undefined) return;
    if (count > 1) this.#inproc.set(address, count - 1);
    else this.#inproc.delete(address);
  }

  /** Resolves when the I/O thread has closed the listener, so that the endpoint can be bound again. */
  async #released(endpoint: string): Promise<void> {
    const release = this.#monitor.attend();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(finish, longestUnbind);
      const stop = this.#monitor.listen((event) => {
        if (event.type === "end" || (event.type === "close" && event.address === endpoint)) finish();
      });
      function finish(): void {
        clearTimeout(timer);
        stop();
        resolve();
      }
    });
    release();
  }
}

/**
 * With a monitor on, libzmq overwrites the error number of a failed bind while it reports the failure: ask a socket
 * without one.
 */
function causeOfFailure(error: unknown, address: string): unknown {
  let probe: NativeSocket | undefined;
  try {
    probe = new nativeClasses.Pair({ linger: 0 });
    probe.bindSync(address);
    return error;
  } catch (cause) {
    return cause;
  } finally {
    probe?.close();
  }
}

function latin1(id: string | Buffer): string {
  return Buffer.from(id as string).toString("latin1");
}

function isInproc(endpoint: string): boolean {
  return endpoint.startsWith("inproc://");
}

function notHere(action: string, address: string): AddressError {
  return new AddressError(
    `Cannot ${action} ${address}: this socket has no such endpoint`,
    "ERR_ADDRESS_UNAVAILABLE",
    address,
  );
}
