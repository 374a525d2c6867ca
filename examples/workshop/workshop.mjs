/**
 * The workshop's command: lists the lessons, runs their programs, and checks the exercises. It takes English and Spanish words.
 *
 *     pnpm workshop list | run <lesson> [classic | modern] | check <lesson> [file] [--lang en|es]
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { lessons, programsOf } from "./lessons.mjs";
import {
  commandFor,
  languageFor,
  meansAll,
  styleFor,
  words,
} from "./words.mjs";

/** @typedef {import("./lessons.mjs").Language} Language */
/** @typedef {import("./lessons.mjs").Lesson} Lesson */

const options = /** @type {const} */ ({
  lang: { type: "string" },
  help: { type: "boolean", short: "h" },
  ayuda: { type: "boolean" },
});

/** The command can't be carried out as it stands; the message says why, to the user. */
class Refused extends Error {}

process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} args */
async function main(args) {
  // Not strict, so that the language is known before something is refused
  const { tokens } = parseArgs({
    args,
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = tokens.flatMap((token) =>
    token.kind === "positional" ? [token.value] : [],
  );
  const lang = tokens
    .flatMap((token) =>
      token.kind === "option" && token.name === "lang" ? [token.value] : [],
    )
    .at(-1);
  const language = languageFor(lang, given[0], process.env);
  try {
    for (const token of tokens) {
      if (token.kind !== "option") continue;
      const lacksValue = token.name === "lang" && token.value === undefined;
      if (!Object.hasOwn(options, token.name) || lacksValue) {
        throw new Refused(words[language].wrongOption(token.rawName));
      }
      if (token.name === "help" || token.name === "ayuda")
        return help(language);
    }
    if (lang !== undefined && lang !== language)
      throw new Refused(words[language].wrongLanguage(lang));
    return await carryOut(given, language);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(`${error.message}\n\n${words[language].usage}`);
    return 2;
  }
}

/**
 * @param {readonly string[]} given the command and its arguments
 * @param {Language} language
 */
async function carryOut([word, lesson, argument, ...more], language) {
  const say = words[language];
  if (word === undefined) throw new Refused(say.noCommand);
  const command = commandFor(word);
  if (command === undefined) throw new Refused(say.wrongCommand(word));
  if (command === "help") return help(language);
  if (command === "list") {
    if (lesson !== undefined) throw new Refused(say.tooMany(lesson));
    return list(language);
  }
  if (lesson === undefined) throw new Refused(say.noLesson);
  const chosen = meansAll(lesson)
    ? lessons
    : lessons.filter(
        ({ number }) => /^\d+$/.test(lesson) && number === Number(lesson),
      );
  if (chosen.length === 0)
    throw new Refused(say.wrongLesson(lesson, lessons.length));
  if (more[0] !== undefined) throw new Refused(say.tooMany(more[0]));
  if (command === "check") {
    if (chosen.length > 1 && argument !== undefined)
      throw new Refused(say.fileForAll);
    return checkAll(chosen, argument, language);
  }
  const style = argument === undefined ? undefined : styleFor(argument);
  if (argument !== undefined && style === undefined)
    throw new Refused(say.wrongStyle(argument));
  return runAll(chosen, language, style);
}

/** @param {Language} language */
function help(language) {
  console.log(words[language].usage);
  return 0;
}

/** @param {Language} language */
function list(language) {
  for (const { number, title } of lessons)
    console.log(`${String(number).padStart(2)}  ${title[language]}`);
  return 0;
}

/**
 * Runs the programs of lessons, each in a process of its own. Each checks what it shows.
 *
 * @param {readonly Lesson[]} chosen
 * @param {Language} language of the comments
 * @param {"classic" | "modern" | undefined} style
 */
async function runAll(chosen, language, style) {
  for (const lesson of chosen) {
    for (const file of programsOf(lesson, language, style)) {
      console.log(`\n${lesson.folder}/${file}`);
      const [code] = await once(
        spawn(process.execPath, [path(lesson.folder, file)], {
          stdio: "inherit",
        }),
        "exit",
      );
      if (code !== 0) return 1;
    }
  }
  return 0;
}

/**
 * @param {readonly Lesson[]} chosen
 * @param {string | undefined} file
 * @param {Language} language
 */
async function checkAll(chosen, file, language) {
  // Takes half a second to load, which the other commands need not wait for
  const { attempt, Exercise } = await import("./checking.mjs");
  const say = words[language];
  let code = 0;
  for (const { number, folder, title } of chosen) {
    // pnpm runs this in the repository's folder, and says where it was called
    const program =
      file === undefined
        ? path(folder, "exercise.mjs")
        : resolve(process.env.INIT_CWD ?? "", file);
    if (!existsSync(program)) {
      console.error(say.noFile(program));
      return 2;
    }
    const { check } = await import(
      new URL(`${folder}/check.mjs`, import.meta.url).href
    );
    const exercise = new Exercise(program);
    const wrong = await attempt(check, exercise);
    if (wrong === undefined) {
      console.log(`${number}. ${title[language]}: ${say.right}`);
      continue;
    }
    console.log(
      `${number}. ${title[language]}: ${say.notYet}\n   ${wrong.hint[language]}`,
    );
    if (exercise.output !== "")
      console.log(
        `   ${say.wrote}\n${exercise.output.replace(/^/gm, "   | ")}`,
      );
    console.log(`   ${say.edit} ${program}`);
    code = 1;
  }
  return code;
}

/**
 * @param {string} folder
 * @param {string} file
 */
function path(folder, file) {
  return fileURLToPath(new URL(`${folder}/${file}`, import.meta.url));
}
