/** Contexts: the I/O threads and limits that sockets share, and the space in which `inproc://` names are known. */

import { checkObject } from "../check.ts";
import { internals } from "../internals-key.ts";
import type { ContextInsides } from "../native/context-insides.ts";
import { needDescriptors } from "../native/descriptors.ts";
import { type NativeContext, NativeContextClass, nativeContext } from "../native/native.ts";
import { checkValue, narrow, optionError } from "../options/option-accessors.ts";
import { makeStrict, strictBase } from "../options/strict-properties.ts";

/** Options of a context; see zmq_ctx_set(3). They count before the first socket only. */
export interface ContextOptions {
  /** ZMQ_IO_THREADS: threads that do the input and output, 1 a gigabyte a second. @default 1 */
  ioThreads: number;
  /** ZMQ_MAX_SOCKETS. libzmq's own default is 1023. @default `maxSocketsLimit` */
  maxSockets: number;
  /** ZMQ_MAX_MSGSZ: bytes of the largest frame that may be sent. @default 2147483647 */
  maxMessageSize: number;
  /** ZMQ_IPV6: whether new sockets use IPv6 beside IPv4. @default false */
  ipv6: boolean;
  /** ZMQ_BLOCKY: whether the end of the process waits for unsent messages. @default true */
  blocky: boolean;
  /** ZMQ_THREAD_PRIORITY: scheduling priority of the I/O threads. Write only. */
  threadPriority: number;
  /** ZMQ_THREAD_SCHED_POLICY: scheduling policy of the I/O threads. Write only. */
  threadSchedulingPolicy: number;
}

/** Every context option by its zeromq v6 name, and: */
export interface Context extends ContextOptions {
  /** ZMQ_SOCKET_LIMIT: the most that `maxSockets` may be. */
  readonly maxSocketsLimit: number;
}

/** A space of its own: its sockets share I/O threads and `inproc://` names with no other context's. Needed rarely. */
export class Context {
  /** @internal */
  readonly [internals]: ContextInsides;

  constructor(options?: Partial<ContextOptions>);
  /** @internal */
  constructor(options: Partial<ContextOptions> | undefined, native: NativeContext);
  constructor(options: Partial<ContextOptions> = {}, native: NativeContext = openNative()) {
    checkObject("Context", options);
    this[internals] = { native, inproc: new Map(), started: false };
    native.maxSockets = native.maxSocketsLimit;
    for (const [name, value] of Object.entries(options)) {
      if (Object.getOwnPropertyDescriptor(Context.prototype, name)?.set === undefined)
        throw new TypeError(`Context has no option ${JSON.stringify(name)}`);
      if (value === undefined) continue;
      Object.assign(this, { [name]: value });
    }
  }
}

Object.setPrototypeOf(Context.prototype, strictBase);
makeStrict(Context);
for (const [name, { get, set }] of Object.entries(Object.getOwnPropertyDescriptors(NativeContextClass.prototype))) {
  if ((get ?? set) === undefined) continue;
  Object.defineProperty(Context.prototype, name, {
    configurable: true,
    enumerable: true,
    ...(get && {
      get(this: Context) {
        return get.call(this[internals].native);
      },
    }),
    ...(set && {
      set(this: Context, value: unknown) {
        checkValue(name, value, narrow);
        try {
          set.call(this[internals].native, value);
        } catch (cause) {
          throw optionError(name, "set", cause as NodeJS.ErrnoException);
        }
      },
    }),
  });
}

function openNative(): NativeContext {
  needDescriptors(1, "open a context");
  return new NativeContextClass();
}

/** The context of every socket that is given no other; worker threads share it, so that `inproc://` joins threads. */
export const context = new Context({}, nativeContext);
