/**
 * The workshop's command: lists the lessons, runs their programs, and checks what was written for their exercises.
 *
 *     pnpm workshop list | run <lesson> [classic | modern] | check <lesson> [file] [--lang en|es]
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Exercise, Wrong } from "./checking.mjs";
import { lessons } from "./lessons.mjs";

const words = {
  en: {
    usage: `pnpm workshop list                            the lessons
pnpm workshop run <lesson> [classic|modern]   runs its programs
pnpm workshop check <lesson> [file]           checks exercise.mjs of its folder, or that file
A lesson is its number, or "all". --lang en or --lang es chooses the language.`,
    right: "right",
    notYet: "not yet",
    wrote: "It wrote:",
    edit: "The exercise is in",
    none: "There is no file",
  },
  es: {
    usage: `pnpm workshop list                            las lecciones
pnpm workshop run <lección> [classic|modern]  ejecuta sus programas
pnpm workshop check <lección> [fichero]       comprueba exercise.mjs de su carpeta, o ese fichero
Una lección es su número, o "all". --lang en o --lang es elige el idioma.`,
    right: "bien",
    notYet: "aún no",
    wrote: "Ha escrito:",
    edit: "El ejercicio está en",
    none: "No existe el fichero",
  },
};

process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} args */
async function main(args) {
  /** @type {import("./lessons.mjs").Language} */
  let language = /^es/.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || "") ? "es" : "en";
  try {
    const { values, positionals } = parseArgs({ args, options: { lang: { type: "string" } }, allowPositionals: true });
    if (values.lang === "en" || values.lang === "es") language = values.lang;
    else if (values.lang !== undefined) return usage(language);
    const [command, number, argument, ...more] = positionals;
    const chosen =
      number === "all" ? lessons : lessons.filter((lesson) => String(lesson.number) === number?.replace(/^0/, ""));
    if (command === "list" && number === undefined) return list(language);
    if (chosen.length === 0 || more.length > 0) return usage(language);
    if (command === "run") return await runAll(chosen, argument, language);
    if (command === "check" && !(chosen.length > 1 && argument !== undefined))
      return await checkAll(chosen, argument, language);
  } catch (error) {
    // parseArgs refuses what it does not know; the rest is a fault of ours
    if (!(error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS")))
      throw error;
  }
  return usage(language);
}

/** @param {import("./lessons.mjs").Language} language */
function usage(language) {
  console.error(words[language].usage);
  return 2;
}

/** @param {import("./lessons.mjs").Language} language */
function list(language) {
  for (const { number, title } of lessons) console.log(`${String(number).padStart(2)}  ${title[language]}`);
  return 0;
}

/**
 * Runs the programs of lessons, each in a process of its own. Each checks what it shows.
 *
 * @param {readonly import("./lessons.mjs").Lesson[]} chosen
 * @param {string | undefined} style
 * @param {import("./lessons.mjs").Language} language
 */
async function runAll(chosen, style, language) {
  const files = ["classic.cjs", "modern.mjs"].filter((file) => style === undefined || file.startsWith(`${style}.`));
  if (files.length === 0) return usage(language);
  for (const { folder } of chosen) {
    for (const file of files) {
      console.log(`\n${folder}/${file}`);
      const [code] = await once(spawn(process.execPath, [path(folder, file)], { stdio: "inherit" }), "exit");
      if (code !== 0) return 1;
    }
  }
  return 0;
}

/**
 * @param {readonly import("./lessons.mjs").Lesson[]} chosen
 * @param {string | undefined} file
 * @param {import("./lessons.mjs").Language} language
 */
async function checkAll(chosen, file, language) {
  let code = 0;
  for (const { number, folder, title } of chosen) {
    // pnpm runs this in the repository's folder, and says where it was called
    const program = file === undefined ? path(folder, "exercise.mjs") : resolve(process.env.INIT_CWD ?? "", file);
    if (!existsSync(program)) {
      console.error(`${words[language].none} ${program}`);
      return 2;
    }
    const { check } = await import(new URL(`${folder}/check.mjs`, import.meta.url).href);
    const exercise = new Exercise(program);
    try {
      await check(exercise);
      console.log(`${number}. ${title[language]}: ${words[language].right}`);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      console.log(`${number}. ${title[language]}: ${words[language].notYet}\n   ${error.hint[language]}`);
      if (exercise.output !== "")
        console.log(`   ${words[language].wrote}\n${exercise.output.replace(/^/gm, "   | ")}`);
      console.log(`   ${words[language].edit} ${program}`);
      code = 1;
    } finally {
      await exercise.dispose();
    }
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
