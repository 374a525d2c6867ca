/** Finds programs that tests run. */

/**
 * Returns the path of a file in the nearest folder `test/fixtures`.
 *
 * @param from `import.meta.url` of the test
 */
export function fixture(name: string, from: string): URL {
  const test = from.lastIndexOf("/test/");
  if (test < 0) throw new Error(`${from} is not below a folder test`);
  return new URL(`fixtures/${name}`, from.slice(0, test + "/test/".length));
}
