/** Objects that refuse unknown properties. Otherwise a misspelt option would be silently ignored. */

const strict = new WeakSet<object>();

/**
 * The last prototype before `Object.prototype` of strict classes. It only sees properties that no earlier prototype has. `Object.seal` would not do:
 * sloppy-mode code would still silently ignore it, and fields of a subclass and spies of tests would not work.
 */
export const strictBase: object = new Proxy(
  {},
  {
    set(target, name, value, receiver) {
      if (typeof name === "string" && !(name in target) && strict.has(Object.getPrototypeOf(receiver)))
        throw new TypeError(`${receiver.constructor.name} has no option ${JSON.stringify(name)}`);
      return Reflect.set(target, name, value, receiver);
    },
  },
);

/** Makes instances of exactly these classes throw a TypeError for an unknown property. Subclasses may add properties. */
export function makeStrict(...classes: readonly { readonly prototype: object }[]): void {
  for (const { prototype } of classes) strict.add(prototype);
}
