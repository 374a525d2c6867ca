/** The names that a short name may stand for, as the C library has it, see resolv.conf(5). The resolvers of node:dns take each as it stands. */

/** How many dots a name has that is first tried as it stands. */
const defaultDots = 1;

/**
 * In the order in which they are to be tried.
 *
 * @param text of the system's resolv.conf
 * @param environment whose `LOCALDOMAIN` stands in for the search domains of the text, and whose `RES_OPTIONS` add to its options
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
  // A final dot, and the root, which is a dot alone, add nothing.
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
