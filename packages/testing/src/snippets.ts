/** The programs in a README, so that a test can run them. */

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Finished, run } from "./process.ts";

const execute = promisify(execFile);

export interface Snippet {
  /** As it was given. */
  readonly file: string;
  /** The heading that it stands under. */
  readonly heading: string;
  /** For a file of its own, without an extension. */
  readonly name: string;
  readonly language: "js" | "ts" | "cjs";
  /** False where the fence says `no-run`: one half of two programs, or one for another library. */
  readonly runs: boolean;
  readonly code: string;
}

/**
 * The fenced `js` and `ts` blocks of a Markdown file, each under its heading, or of the doc comments of a source file; `cjs` is one of `js`
 * that requires. `file` is its name for people.
 */
export async function snippetsOf(file: string, path: string): Promise<Snippet[]> {
  const found: Snippet[] = [];
  let heading = "";
  const text = await readFile(path, "utf8");
  for (const match of (path.endsWith(".ts") ? docComments(text) : text).matchAll(
    /^#+ ([^\n]+)$|^```(js|ts)\b([^\n]*)\n(.*?)^```$/gms,
  )) {
    const [, title, fence, info, code] = match;
    if (title !== undefined) heading = title;
    if (fence === undefined || info === undefined || code === undefined) continue;
    const language = fence === "js" && /\brequire\(/.test(code) ? "cjs" : (fence as "js" | "ts");
    const name = `snippet-${file.replace(/\W+/g, "-")}-${found.length}`;
    found.push({ file, heading, name, language, runs: !/\bno-run\b/.test(info), code });
  }
  return found;
}

/** What the doc comments of a source file say, without the stars at their edge. */
function docComments(source: string): string {
  return [...source.matchAll(/\/\*\*.*?\*\//gs)].map(([comment]) => comment.replace(/^ *\* ?/gm, "")).join("\n");
}

/** What a program says that it prints: a comment behind `console.log(...);` is what the line prints. */
export function promisedOutput(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map(([, line = ""]) => line);
}

/** A folder outside the workspace in which the programs of READMEs run as those of a user would. */
export class SnippetFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** @param packages what is installed there: the path of each package by its name */
  static async make(packages: Readonly<Record<string, string>>): Promise<SnippetFolder> {
    const path = await mkdtemp(join(tmpdir(), "awaitmq-readme-"));
    await writeFile(join(path, "package.json"), '{ "type": "module" }');
    for (const [name, target] of Object.entries(packages)) {
      const link = join(path, "node_modules", name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(target, link);
    }
    return new SnippetFolder(path);
  }

  /** Installs a package of the workspace as its users get it: what `npm pack` makes of it, and no more. What it depends on must be there. */
  async installPacked(name: string, path: string): Promise<void> {
    const target = join(this.path, "node_modules", name);
    await mkdir(target, { recursive: true });
    // What is built is packed as it is: others may be running it.
    const options = ["--ignore-scripts", "--silent", "--pack-destination", this.path];
    const { stdout } = await execute("npm", ["pack", ...options], { cwd: path });
    await execute("tar", ["-xzf", join(this.path, stdout.trim()), "-C", target, "--strip-components=1"]);
  }

  /** Writes a program, and returns the path of its file. */
  async write({ name, language, code }: Snippet): Promise<string> {
    const file = join(this.path, `${name}.${{ js: "mjs", cjs: "cjs", ts: "mts" }[language]}`);
    await writeFile(file, code);
    return file;
  }

  /** Runs a program that was written; one in TypeScript has been compiled beside it. */
  run({ name, language }: Snippet): Promise<Finished> {
    const file = join(this.path, `${name}.${language === "cjs" ? "cjs" : "mjs"}`);
    return run(file, { cwd: this.path });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}
