/** The programs in a README, so that a test can run them. */

import { readFile } from "node:fs/promises";

export interface Snippet {
  /** As it was given. */
  readonly file: string;
  /** The heading that it stands under. */
  readonly heading: string;
  /** For a file of its own, without an extension. */
  readonly name: string;
  readonly language: string;
  readonly code: string;
}

/** The fenced `js` and `ts` blocks of a Markdown file, each under its heading. `file` is its name for people. */
export async function snippetsOf(file: string, path: string): Promise<Snippet[]> {
  const found: Snippet[] = [];
  let heading = "";
  for (const match of (await readFile(path, "utf8")).matchAll(/^#+ ([^\n]+)$|^```(js|ts)\n(.*?)^```$/gms)) {
    const [, title, language, code] = match;
    if (title !== undefined) heading = title;
    if (language === undefined || code === undefined) continue;
    found.push({ file, heading, name: `snippet-${file.replace(/\W+/g, "-")}-${found.length}`, language, code });
  }
  return found;
}

/** What a program says that it prints: a comment behind `console.log(...);` is what the line prints. */
export function promisedOutput(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map(([, line = ""]) => line);
}
