/** Objects that take no property which they do not have: an option that is misspelt would be ignored silently. */

const strict = new WeakSet<object>();

/**
 * The last prototype but `Object.prototype` of the classes that are strict. It only sees what no prototype before it has. Not
 * `Object.seal`: code that is not strict would still ignore it silently, and fields of a subclass and spies of tests would not work.
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

/** Instances of exactly these classes throw a TypeError at an unknown property. Who extends one may add what it likes. */
export function makeStrict(...classes: readonly { readonly prototype: object }[]): void {
  for (const { prototype } of classes) strict.add(prototype);
}
