/** What the command says, in both languages, and the words that it takes. */

/** @typedef {import("./lessons.mjs").Language} Language */

/** @typedef {"list" | "run" | "check" | "help"} Command */

/** @type {Readonly<Record<string, Command>>} */
const english = { list: "list", run: "run", check: "check", help: "help" };

/** @type {Readonly<Record<string, Command>>} */
const spanish = {
  lista: "list",
  ejecutar: "run",
  comprobar: "check",
  ayuda: "help",
};

/**
 * The language to answer in: the option's, else that of a Spanish command, else the system's.
 *
 * @param {string | undefined} option the value of --lang
 * @param {string | undefined} command
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {Language}
 */
export function languageFor(option, command, environment) {
  if (option === "en" || option === "es") return option;
  if (command !== undefined && Object.hasOwn(spanish, plain(command)))
    return "es";
  return /^es/.test(
    environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || "",
  )
    ? "es"
    : "en";
}

/**
 * @param {string} word
 * @returns {Command | undefined}
 */
export function commandFor(word) {
  const commands = { ...english, ...spanish };
  return Object.hasOwn(commands, plain(word))
    ? commands[plain(word)]
    : undefined;
}

/**
 * @param {string} word
 * @returns {"classic" | "modern" | undefined}
 */
export function styleFor(word) {
  if (["classic", "clasico"].includes(plain(word))) return "classic";
  return ["modern", "moderno"].includes(plain(word)) ? "modern" : undefined;
}

/** @param {string} word */
export function meansAll(word) {
  return ["all", "todas"].includes(plain(word));
}

/**
 * A word as it is compared: in lower case and without accents, which keyboards and terminals write in several ways.
 *
 * @param {string} word
 */
function plain(word) {
  return word
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "");
}

export const words = {
  en: {
    usage: `pnpm workshop list                            lists the lessons
pnpm workshop run <lesson> [classic|modern]   runs its programs
pnpm workshop check <lesson> [file]           checks exercise.mjs of its folder, or that file
pnpm workshop --help                          shows this text
A lesson is its number, or "all". --lang en or --lang es chooses the language.`,
    right: "right",
    notYet: "not yet",
    wrote: "It wrote:",
    edit: "The exercise is in",
    /** @param {string} file */
    noFile: (file) => `There is no file ${file}`,
    noCommand: "Say what to do: list, run or check.",
    /** @param {string} word */
    wrongCommand: (word) =>
      `There is no command "${word}". The commands are list, run and check.`,
    noLesson: "Which lesson? Add its number, or all.",
    /** @type {(word: string, last: number) => string} */
    wrongLesson: (word, last) =>
      `There is no lesson "${word}". The lessons are 1 to ${last}; "all" means all of them.`,
    /** @param {string} word */
    wrongStyle: (word) =>
      `There is no program "${word}". The programs are classic and modern.`,
    /** @param {string} word */
    wrongLanguage: (word) =>
      `There is no language "${word}". The languages are en and es.`,
    fileForAll:
      "A file is the exercise of one lesson. Give the number of that lesson.",
    /** @param {string} word */
    tooMany: (word) => `There is one argument too many: "${word}".`,
    /** @param {string} option */
    wrongOption: (option) =>
      `The option ${option} is unknown or lacks its value.`,
  },
  es: {
    usage: `pnpm workshop lista                                   muestra las lecciones
pnpm workshop ejecutar <lección> [clásico|moderno]    ejecuta sus programas
pnpm workshop comprobar <lección> [fichero]           comprueba exercise.mjs de su carpeta, o ese fichero
pnpm workshop ayuda                                   muestra este texto
Una lección es su número, o "todas". --lang en o --lang es elige el idioma.`,
    right: "bien",
    notYet: "aún no",
    wrote: "Ha escrito:",
    edit: "El ejercicio está en",
    /** @param {string} file */
    noFile: (file) => `No existe el fichero ${file}`,
    noCommand: "Di qué hay que hacer: lista, ejecutar o comprobar.",
    /** @param {string} word */
    wrongCommand: (word) =>
      `No existe la orden "${word}". Las órdenes son lista, ejecutar y comprobar.`,
    noLesson: "¿Qué lección? Añade su número, o todas.",
    /** @type {(word: string, last: number) => string} */
    wrongLesson: (word, last) =>
      `No existe la lección "${word}". Hay lecciones de la 1 a la ${last}; "todas" las elige todas.`,
    /** @param {string} word */
    wrongStyle: (word) =>
      `No existe el programa "${word}". Los programas son clásico y moderno.`,
    /** @param {string} word */
    wrongLanguage: (word) =>
      `No existe el idioma "${word}". Los idiomas son en y es.`,
    fileForAll:
      "Un fichero es el ejercicio de una sola lección. Da el número de esa lección.",
    /** @param {string} word */
    tooMany: (word) => `Sobra un argumento: "${word}".`,
    /** @param {string} option */
    wrongOption: (option) =>
      `La opción ${option} no existe o le falta su valor.`,
  },
};
