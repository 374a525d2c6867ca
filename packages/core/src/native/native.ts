/** The only file that imports zeromq: the native classes, and the members that core uses. */

import * as zmq from "zeromq";
import * as draft from "zeromq/lib/draft.js";
import type { TimeoutError } from "../errors.ts";

/** A native socket as core uses it. Members that a class does not have (`send` of a Pull) are never called. */
export interface NativeSocket {
  readonly closed: boolean;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly threadSafe: boolean;
  readonly lastEndpoint: string | null;
  readonly securityMechanism: string | null;
  readonly curveServer: boolean;
  readonly plainServer: boolean;
  linger: number;
  conflate: boolean;
  immediate: boolean;
  sendTimeout: number;
  receiveTimeout: number;
  readonly handshakeInterval: number;
  bindSync(address: string): void;
  connect(address: string, options?: { routingId?: string | Buffer }): void;
  disconnect(address: string): void;
  close(): void;
  send(frames: unknown, ...details: object[]): Promise<void>;
  receive(): Promise<unknown>;
  subscribe(...prefixes: (string | Buffer)[]): void;
  unsubscribe(...prefixes: (string | Buffer)[]): void;
  join(...groups: (string | Buffer)[]): void;
  leave(...groups: (string | Buffer)[]): void;
  readonly events: NativeObserver;
  getInt32Option(option: number): number;
  setInt32Option(option: number, value: number): void;
  getStringOption(option: number): string | null;
  setStringOption(option: number, value: string | Buffer | null): void;
  setBoolOption(option: number, value: boolean): void;
}

/** The action that a call waits for. */
export type Action = "receive" | "send" | "ready";

/** The owner of a native socket. A call that waits on the socket keeps its owner alive. */
export interface NativeHolder {
  readonly native: NativeSocket;
  /** The socket type, for messages. */
  readonly name: string;
  /** To be called when a wait has a timeout, so that its error can say why. Call the result, if any, when the wait ends. */
  expectTimeout(): (() => void) | undefined;
  /** The error of a timeout: the sentence, and the reason if it is known. */
  timeoutError(sentence: string, action: Action): TimeoutError;
}

export interface NativeObserver {
  receive(): Promise<zmq.Event>;
  /** Closes it. Blocks libzmq's threads if its socket has not ended yet. */
  close(): void;
}

export type NativeEvent = zmq.Event;

export interface NativeContext {
  readonly maxSocketsLimit: number;
  maxSockets: number;
}

export interface NativeClass {
  new (options?: object): NativeSocket;
  readonly prototype: NativeSocket;
}

/** zeromq declares its low-level option methods protected. A subclass or, as here, a cast may use them. */
const asClass = (nativeClass: unknown) => nativeClass as NativeClass;

/** CHANNEL, 20 in `zmq.h`, has no class in zeromq. This class has the options of a PAIR, whose draft successor CHANNEL is. */
class Channel extends (zmq.Socket as unknown as new (type: number, options?: object) => object) {
  constructor(options?: object) {
    super(20, options);
  }
}
const { constructor: _, ...pairOptions } = Object.getOwnPropertyDescriptors(zmq.Pair.prototype);
Object.defineProperties(Channel.prototype, pairOptions);

export const nativeClasses = {
  Request: asClass(zmq.Request),
  Reply: asClass(zmq.Reply),
  Push: asClass(zmq.Push),
  Pull: asClass(zmq.Pull),
  Publisher: asClass(zmq.Publisher),
  Subscriber: asClass(zmq.Subscriber),
  XPublisher: asClass(zmq.XPublisher),
  XSubscriber: asClass(zmq.XSubscriber),
  Dealer: asClass(zmq.Dealer),
  Router: asClass(zmq.Router),
  Pair: asClass(zmq.Pair),
  Stream: asClass(zmq.Stream),
  Server: asClass(draft.Server),
  Client: asClass(draft.Client),
  Radio: asClass(draft.Radio),
  Dish: asClass(draft.Dish),
  Scatter: asClass(draft.Scatter),
  Gather: asClass(draft.Gather),
  Datagram: asClass(draft.Datagram),
  Channel: asClass(Channel),
} satisfies Record<string, NativeClass>;

/** The thread-safe classes, for which zeromq and libzmq open more descriptors. */
export const threadSafeClasses: ReadonlySet<NativeClass> = new Set(
  (["Server", "Client", "Radio", "Dish", "Scatter", "Gather", "Channel"] as const).map((name) => nativeClasses[name]),
);

/** The shared prototype of the native classes, with accessors for the options of every socket. */
export const nativeSocketPrototype = zmq.Socket.prototype as object;

export const NativeContextClass = zmq.Context as unknown as {
  new (options?: object): NativeContext;
  readonly prototype: object;
};
export const nativeContext = zmq.context as unknown as NativeContext;
export const nativeCurveKeyPair = zmq.curveKeyPair;
export const nativeCapability = zmq.capability;
export const nativeVersion = zmq.version;
