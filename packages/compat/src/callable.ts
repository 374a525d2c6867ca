/**
 * Classes that old constructor functions can call: `Socket.call(this, type)` with `util.inherits`. The object of such a function becomes the
 * socket. `new` and `extends` work as with every class.
 */

import { EventEmitter } from "node:events";

/** The object of the call in progress. */
let given: object | undefined;

/** The base of such a class: an event emitter, which is the given object if there is one. */
export class Emitter extends EventEmitter {
  constructor() {
    super();
    const self = given;
    given = undefined;
    if (self === undefined) return;
    (EventEmitter as unknown as (this: object) => void).call(self);
    // biome-ignore lint/correctness/noConstructorReturn: the base class decides on which object the fields are made.
    return self as this;
  }
}

type Callable<Arguments extends unknown[], Instance extends Emitter> = {
  new (...values: Arguments): Instance;
  (this: unknown, ...values: Arguments): Instance;
  readonly prototype: Instance;
};

export function callable<Arguments extends unknown[], Instance extends Emitter>(
  made: new (...values: Arguments) => Instance,
): Callable<Arguments, Instance> {
  const face = new Proxy(made, {
    apply(target, self: unknown, values: unknown[]) {
      given = self instanceof target ? self : undefined;
      try {
        return Reflect.construct(target, values);
      } finally {
        given = undefined;
      }
    },
  });
  made.prototype.constructor = face;
  return face as unknown as Callable<Arguments, Instance>;
}
