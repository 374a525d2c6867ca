/**
 * The names that a short name may stand for, as in the C library, see resolv.conf(5). The resolvers of node:dns do not
 * search.
 */

/** A name with at least this many dots is first tried unchanged. */
const defaultDots = 1;

/**
 * Returns the names in the order in which to try them.
 *
 * @param text the system's resolv.conf
 * @param environment its `LOCALDOMAIN` replaces the search domains of the text, and its `RES_OPTIONS` add to the
 * options
 */
export function searchedNames(
  name: string,
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  if (name.endsWith(".")) return [name];
  let domains: readonly string[] = [];
  let options: readonly string[] = [];
  for (const line of text.split("\n")) {
    const [keyword, ...values] = words(line);
    if (keyword === "search" || keyword === "domain") domains = values;
    if (keyword === "options") options = [...options, ...values];
  }
  const { LOCALDOMAIN, RES_OPTIONS = "" } = environment;
  if (LOCALDOMAIN !== undefined) domains = words(LOCALDOMAIN);
  // A final dot adds nothing, nor does the root domain, a single dot.
  const inDomains = domains.map((domain) => `${name}.${domain}`.replace(/\.+$/, ""));
  const isFirst = name.split(".").length > dotsOf([...options, ...words(RES_OPTIONS)]);
  return [...new Set(isFirst ? [name, ...inDomains] : [...inDomains, name])];
}

function dotsOf(options: readonly string[]): number {
  const last = options.filter((option) => /^ndots:\d+$/.test(option)).at(-1);
  return last === undefined ? defaultDots : Number(last.slice("ndots:".length));
}

function words(line: string): string[] {
  return line.split(/\s+/).filter((word) => word !== "");
}
