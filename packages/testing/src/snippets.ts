/** Extracts the programs of Markdown files and doc comments, so that a test can run them. */

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Finished, run } from "./process.ts";

const execute = promisify(execFile);

export interface Snippet {
  /** The file name as it was given. */
  readonly file: string;
  /** The heading above the program. */
  readonly heading: string;
  /** A name for the program's own file, without an extension. */
  readonly name: string;
  readonly language: "js" | "ts" | "cjs";
  /** False if the fence says `no-run`: one of two halves, or a program for another library. */
  readonly runs: boolean;
  readonly code: string;
}

/**
 * Returns the fenced `js` and `ts` blocks of a Markdown file, each with its heading, or of the doc comments of a source file. A
 * `js` block that calls `require` is `cjs`. `file` is the file's display name.
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

/** Returns the text of the doc comments of a source file, without the stars at the left edge. */
function docComments(source: string): string {
  return [...source.matchAll(/\/\*\*.*?\*\//gs)].map(([comment]) => comment.replace(/^ *\* ?/gm, "")).join("\n");
}

/** Returns the expected output: the comments after `console.log(...);`. */
export function promisedOutput(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map(([, line = ""]) => line);
}

/** A folder outside the workspace where programs run as a user's programs do. */
export class SnippetFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** @param packages to install: the path of each package by its name */
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

  /** Installs a package of the workspace as users get it: exactly the files of `npm pack`. Its dependencies must be installed already. */
  async installPacked(name: string, path: string): Promise<void> {
    const target = join(this.path, "node_modules", name);
    await mkdir(target, { recursive: true });
    // Pack without building again: other tests may be running the build.
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

  /** Runs a written program; a TypeScript program has been compiled next to it. */
  run({ name, language }: Snippet): Promise<Finished> {
    const file = join(this.path, `${name}.${language === "cjs" ? "cjs" : "mjs"}`);
    return run(file, { cwd: this.path });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}
