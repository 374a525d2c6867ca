/** Phrases that readers stumble over stay out of the pages, READMEs, doc comments and error sentences. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

interface Phrase {
  /** A regular expression over whole words. A space also matches a line break within a comment. */
  readonly avoid: string;
  readonly better: string;
  /** A sentence that the expression finds. */
  readonly example: string;
}

const things = "peer|client|server|worker|message|request|call|reply|connection|socket|frame|topic|promise|lesson";

const phrases: readonly Phrase[] = [
  { avoid: "(go|goes|going|gone|went) away", better: "disconnects", example: "when a peer goes away" },
  {
    avoid: "(is|are|was|were|be|been|being) told(?! (apart|to))",
    better: "is notified",
    example: "the client is told",
  },
  { avoid: "without a word", better: "silently", example: "dropped without a word" },
  { avoid: "as the system (has|does) it", better: "the system default", example: "keepalive as the system has it" },
  {
    avoid: `(messages|bytes|requests|calls|replies|one (frame|message|line|row)|a system call|ms|µs|ns|\\d) an? (${things})`,
    better: "per",
    example: "16 messages a peer",
  },
  { avoid: "what is not equal", better: "the differences", example: "What is not equal: the ranges" },
  {
    avoid: "of the network always",
    better: "name the error",
    example: "an error, of the network always one with a code",
  },
  { avoid: "what comes later", better: "new requests", example: "sends what comes later elsewhere" },
  { avoid: "nothing that is known", better: "if known", example: "Nothing that is known" },
  { avoid: "has \\w+ to do(?! with)", better: "must do", example: "the caller has work to do" },
  { avoid: "for ever", better: "forever", example: "waits for ever" },
  { avoid: "under way", better: "in flight, or in progress", example: "requests under way" },
  { avoid: "whoever", better: "name the role", example: "whoever sends" },
  { avoid: "somebody", better: "name the role", example: "if somebody still waits" },
  { avoid: "is noticed", better: "is detected", example: "a dead peer is noticed" },
  { avoid: "mends", better: "fixes", example: "finds, and mends, what breaks the style" },
  { avoid: "what (can't|cannot) fail", better: "name the thing", example: "What can't fail is deleted" },
  { avoid: "is another one", better: "changes", example: "only the URL is another one" },
  { avoid: "makes of it what", better: "turns it into", example: "which makes of it what Node 20 knows" },
  {
    avoid: "th(is|at) \\w+ has not(?=[.,;:)\\n])",
    better: "does not have",
    example: "an option that this socket has not.",
  },
  { avoid: "(come|comes) out of a budget", better: "spend a budget", example: "Retries come out of a budget" },
  { avoid: "has an aim", better: "has a target", example: "Blue is what has an aim" },
  { avoid: "on the word of", better: "trusting", example: "takes no memory on the word of one" },
  { avoid: "of its own choice", better: "a free one", example: "a port of its own choice" },
  { avoid: "nobody need", better: "does not have to", example: "Nobody need listen there yet" },
  { avoid: "stands? for good", better: "is permanent", example: "a loop that stands for good" },
  { avoid: "with a \\w+ in (its|their) hands", better: "during a request", example: "killed with a call in its hands" },
];

const root = fileURLToPath(new URL("../..", import.meta.url));

async function filesOf(folder: string, wanted: RegExp): Promise<string[]> {
  const files = await readdir(join(root, folder), { recursive: true });
  return files
    .filter((file) => wanted.test(file) && !/(^|\/)node_modules\//.test(file))
    .map((file) => join(folder, file));
}

const pages = [
  ...["README.md", "CONTRIBUTING.md"],
  ...(await filesOf("docs", /^(?!api\/).*\.md$/)),
  ...(await filesOf("examples", /\.md$/)),
  ...["bench", "compat", "core", "patterns", "rpc"].map((name) => join("packages", name, "README.md")),
];
const sources = await Promise.all(
  ["compat", "core", "patterns", "rpc"].map((name) => filesOf(join("packages", name, "src"), /\.[cm]?ts$/)),
);
const texts = await Promise.all(
  [...pages, ...sources.flat()].map(async (file) => ({ file, text: await readFile(join(root, file), "utf8") })),
);

/** Where the phrase is, as `file:line: the words found: the better ones`. */
function placesOf({ avoid, better }: Phrase, file: string, text: string): string[] {
  const words = new RegExp(`(?<!\\w)(?:${avoid.replaceAll(" ", "[\\s*/]+")})(?!\\w)`, "gi");
  return Array.from(text.matchAll(words), ({ 0: found, index }) => {
    const line = text.slice(0, index).split("\n").length;
    return `${file}:${line}: "${found.replace(/[\s*/]+/g, " ")}", better: ${better}`;
  });
}

describe.each(phrases)('"$avoid"', (phrase) => {
  test("is found where it stands, in a comment of several lines too", () => {
    expect(placesOf(phrase, "page.md", phrase.example)).toHaveLength(1);
    const comment = `/**\n * ${phrase.example.replaceAll(" ", "\n * ")}\n */`;
    expect(placesOf(phrase, "source.ts", comment)).toHaveLength(1);
  });

  test("is in no page, doc comment or error sentence", () => {
    expect(texts.flatMap(({ file, text }) => placesOf(phrase, file, text))).toEqual([]);
  });
});

test("a place has its file and line, and the better phrase", () => {
  const phrase = { avoid: "goes away", better: "disconnects", example: "" };
  const text = "A link\n * goes\n * away, or goes\n// away. It goes far away.";
  expect(placesOf(phrase, "a.ts", text)).toEqual([
    'a.ts:2: "goes away", better: disconnects',
    'a.ts:3: "goes away", better: disconnects',
  ]);
});

test("pages, READMEs and the sources of each package are read", () => {
  const files = texts.map(({ file }) => file);
  for (const file of ["docs/architecture.md", "packages/core/README.md", "examples/README.md"])
    expect(files).toContain(file);
  for (const name of ["compat", "core", "patterns", "rpc"])
    expect(files).toContain(join("packages", name, "src/index.ts"));
});
