/** Contexts: the I/O threads, limits and `inproc://` names that sockets share. */

import { checkObject } from "../check.ts";
import { internals } from "../internals-key.ts";
import type { ContextInsides } from "../native/context-insides.ts";
import { needDescriptors } from "../native/descriptors.ts";
import { type NativeContext, NativeContextClass, nativeContext } from "../native/native.ts";
import { checkValue, narrow, optionError } from "../options/option-accessors.ts";
import { makeStrict, strictBase } from "../options/strict-properties.ts";

/**
 * Options of a context. They have an effect only before its first socket is opened. See zmq_ctx_set(3).
 *
 * @category Options
 */
export interface ContextOptions {
  /** ZMQ_IO_THREADS: number of I/O threads; one per gigabyte per second is enough. @default 1 */
  ioThreads: number;
  /** ZMQ_MAX_SOCKETS: the most sockets that may be open. libzmq's own default is 1023. @default `maxSocketsLimit` */
  maxSockets: number;
  /** ZMQ_MAX_MSGSZ: the largest frame that may be sent, in bytes. @default 2147483647 */
  maxMessageSize: number;
  /** ZMQ_IPV6: whether new sockets use IPv6 as well as IPv4. @default false */
  ipv6: boolean;
  /** ZMQ_BLOCKY: whether the process waits for unsent messages before it exits. @default true */
  blocky: boolean;
  /** ZMQ_THREAD_PRIORITY: scheduling priority of the I/O threads. Write only. */
  threadPriority: number;
  /** ZMQ_THREAD_SCHED_POLICY: scheduling policy of the I/O threads. Write only. */
  threadSchedulingPolicy: number;
}

// The options are accessors, made from zeromq's own at the end of this file. So their types come from an interface that merges with the class.
export interface Context extends ContextOptions {
  /** ZMQ_SOCKET_LIMIT: the largest value of `maxSockets`. */
  readonly maxSocketsLimit: number;
}

/**
 * A context: sockets in it share I/O threads, limits and `inproc://` names.
 *
 * Most programs need only the default, {@link context}.
 *
 * @example
 * ```ts
 * import { Context, Pair } from "@awaitmq/core";
 *
 * const context = new Context({ ioThreads: 2 });
 * const left = new Pair({ context });
 * const right = new Pair({ context });
 * right.connect(await left.bind("inproc://a")); // a name of this context
 *
 * await left.send("hello");
 * const [text] = await right.receive();
 * console.log(text.toString()); // hello
 * await Promise.all([left.close(), right.close()]);
 * ```
 *
 * @category Context and library
 */
export class Context {
  /** @internal */
  readonly [internals]: ContextInsides;

  /**
   * @param options of the context, which are also its properties
   * @throws TypeError or RangeError for a wrong option; MessagingError `ERR_SOCKET_LIMIT` without a free file descriptor
   */
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

/**
 * The default context of every socket. Worker threads share it, so `inproc://` connects threads.
 *
 * @category Context and library
 */
export const context = new Context({}, nativeContext);
