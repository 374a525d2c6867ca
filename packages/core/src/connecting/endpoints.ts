/** The endpoints of one socket: bind, connect and their opposites. */

import { AddressError } from "../errors.ts";
import { checkMechanism } from "../keys/mechanism.ts";
import type { ContextInsides } from "../native/context-insides.ts";
import { needDescriptors } from "../native/descriptors.ts";
import type { NativeSocket } from "../native/native.ts";
import { addressError, checkAddress, checkString } from "./address.ts";
import { causeOfBindFailure } from "./cause-of-bind-failure.ts";
import { type ConnectOptions, checkConnectOptions } from "./connect-options.ts";
import { checkIpcPath } from "./ipc-path.ts";
import type { Monitor } from "./monitor.ts";

/** The socket that has the endpoints. */
interface EndpointOwner {
  readonly native: NativeSocket;
  readonly monitor: Monitor;
  readonly contextInsides: ContextInsides;
  /** @throws ClosedError */
  checkOpen(action: string): void;
  /** Called before the first peers from outside the process can connect. */
  expectPeers(by: "bind" | "connect"): void;
  /** Called when a connection was made or closed. */
  readonly gate: { look(): void };
}

interface Bound {
  readonly asked: string;
  readonly endpoint: string;
}

/** Descriptors that a bind opens: the list of interfaces, the socket, and after a failure a second socket to ask for the cause. */
const descriptorsOfBind = 3;
/** Milliseconds that libzmq's I/O thread may take to release a port. */
const longestUnbind = 1_000;

export class Endpoints {
  readonly #socket: EndpointOwner;
  readonly #native: NativeSocket;
  readonly #monitor: Monitor;
  /** Number of this thread's connections per `inproc://` name, of all sockets in the context. */
  readonly #inproc: Map<string, number>;
  readonly #bound: Bound[] = [];
  readonly #connected: string[] = [];
  /** Routing ids that connections of this socket were given, as keys. */
  readonly #routingIds = new Set<string>();

  constructor(socket: EndpointOwner) {
    this.#socket = socket;
    this.#native = socket.native;
    this.#monitor = socket.monitor;
    this.#inproc = socket.contextInsides.inproc;
  }

  get bound(): string[] {
    return this.#bound.map(({ endpoint }) => endpoint);
  }

  get connected(): readonly string[] {
    return this.#connected;
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
    if (!this.#monitor.started) return this.#bind(address);
    // Wrong arguments are reported at once.
    this.#checkBind(address);
    return this.#monitor.whenRoom(() => this.#bind(address));
  }

  bindSync(address: string): string {
    try {
      return this.#bind(address);
    } finally {
      this.#monitor.proveEachTurn();
    }
  }

  #bind(address: string): string {
    this.#checkBind(address);
    if (!isInproc(address)) {
      this.#socket.expectPeers("bind");
      this.#monitor.bindsNow();
    }
    try {
      // The native bind() would block receives and sends meanwhile. This call takes as long as a receive.
      this.#native.bindSync(address);
    } catch (error) {
      throw addressError(
        this.#monitor.started ? causeOfBindFailure(error, address, this.#socket.contextInsides.native) : error,
        "bind to",
        address,
      );
    }
    if (!isInproc(address)) this.#monitor.expectEvents();
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
    try {
      this.#monitor.start();
    } catch {
      // Without file descriptors there is no way to know when the endpoint is free.
      this.#unbind(bound);
      return;
    }
    this.#unbind(bound);
    await this.#released(bound.endpoint);
  }

  /** Like `unbind`, but libzmq's I/O thread may not have closed the listener yet when this returns the endpoint. */
  unbindSync(address: string): string {
    const bound = this.#find(address);
    this.#unbind(bound);
    return bound.endpoint;
  }

  connect(address: string, options: ConnectOptions = {}): void {
    this.#socket.checkOpen("connect");
    const name = checkConnectOptions(options, this.#routingIds);
    const { routingId } = options;
    checkAddress(address, "connect");
    checkMechanism(this.#native, `connect to ${address}`);
    if (!isInproc(address)) this.#socket.expectPeers("connect");
    this.#monitor.refusal = undefined;
    try {
      if (routingId === undefined) this.#native.connect(address);
      else this.#native.connect(address, { routingId });
    } catch (error) {
      throw addressError(error, "connect to", address);
    }
    if (name !== undefined) this.#routingIds.add(name);
    this.#connected.push(address);
    if (!isInproc(address)) this.#monitor.expectEvents();
    else this.#inproc.set(address, (this.#inproc.get(address) ?? 0) + 1);
    this.#socket.gate.look();
  }

  /** Reconnects all network connections. Messages in their queues are lost. */
  connectAgain(): void {
    this.#monitor.refusal = undefined;
    for (const address of this.#connected) {
      if (isInproc(address)) continue;
      // For the reason given in `disconnect`.
      needDescriptors(1, `connect to ${address}`);
      try {
        this.#native.disconnect(address);
      } catch {
        // libzmq has given the connection up, and forgotten it.
      }
      this.#monitor.forgetPeers(address);
      this.#native.connect(address);
    }
  }

  disconnect(address: string): void {
    this.#socket.checkOpen("disconnect");
    checkString(address, "disconnect");
    const index = this.#connected.indexOf(address);
    if (index < 0) throw notHere("disconnect from", address);
    // If libzmq has given the connection up and forgotten it, it looks the address up among the interfaces.
    if (!isInproc(address)) needDescriptors(1, `disconnect from ${address}`);
    this.#end(address, "disconnect from");
    this.#monitor.forgetPeers(address);
    this.#connected.splice(index, 1);
    this.#forgetInproc(address);
    this.#socket.gate.look();
  }

  /** To be called before the socket closes. Frees `inproc://` names at once, since libzmq would release them later. */
  clear(): void {
    for (const address of this.#connected.splice(0)) this.#forgetInproc(address);
    for (const endpoint of this.#boundInproc) this.#native.disconnect(endpoint);
    this.#bound.length = 0;
  }

  #checkBind(address: string): void {
    this.#socket.checkOpen("bind");
    checkAddress(address, "bind");
    checkMechanism(this.#native, `bind to ${address}`);
    if (isInproc(address)) return;
    needDescriptors(descriptorsOfBind, `bind to ${address}`);
    if (address.startsWith("ipc://")) checkIpcPath(address);
  }

  #find(address: string): Bound {
    this.#socket.checkOpen("unbind");
    checkString(address, "unbind");
    const bound =
      this.#bound.find(({ endpoint }) => endpoint === address) ?? this.#bound.find(({ asked }) => asked === address);
    if (bound === undefined) throw notHere("unbind from", address);
    return bound;
  }

  #unbind(bound: Bound): void {
    // The native unbind() uses the socket from another thread, and unbindSync() binds. libzmq has one call for unbind and disconnect.
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
    const release = this.#monitor.attend(this.#socket);
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

function isInproc(endpoint: string): boolean {
  return endpoint.startsWith("inproc://");
}

function notHere(action: string, address: string): AddressError {
  return new AddressError(
    `Cannot ${action} ${address}: this socket has no such endpoint. Its property endpoints lists them`,
    "ERR_ADDRESS_UNAVAILABLE",
    address,
  );
}
