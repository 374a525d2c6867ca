/** The lessons, in their order. A lesson's pages have the name of its folder, in both languages. */

/** @typedef {"en" | "es"} Language */

/**
 * @typedef {object} Lesson
 * @property {number} number
 * @property {string} folder
 * @property {Readonly<Record<Language, string>>} title
 * @property {readonly string[]} more files of programs beside `classic.cjs` and `modern.mjs`: a `.cjs` one is classic
 */

/** @type {readonly Lesson[]} */
export const lessons = [
  lesson(1, "what-it-is", "What 0MQ is, and is not", "Qué es 0MQ, y qué no es"),
  lesson(2, "inside", "A process seen from inside", "Un proceso visto por dentro"),
  lesson(3, "messages", "Messages and frames", "Mensajes y segmentos"),
  lesson(4, "sockets", "Sockets: bind and connect", "Sockets: bind y connect"),
  lesson(5, "transports", "Transports: tcp, ipc, inproc", "Transportes: tcp, ipc, inproc"),
  lesson(6, "send-and-receive", "Sending and receiving", "Enviar y recibir"),
  lesson(7, "options", "Options: identity and subscribe", "Opciones: identity y subscribe"),
  lesson(8, "request-reply", "Request and reply", "Petición y respuesta"),
  lesson(9, "delimiter", "The delimiter", "El delimitador"),
  lesson(10, "push-pull", "Push and pull", "Push y pull"),
  lesson(11, "pub-sub", "Publish and subscribe", "Publicar y suscribirse"),
  lesson(12, "dealer", "Dealer and the envelope", "Dealer y el sobre"),
  lesson(13, "router", "Router and identities", "Router e identidades"),
];

/**
 * The files of a lesson's programs, all of them or those of one style.
 *
 * @param {Lesson} lesson
 * @param {"classic" | "modern"} [style]
 */
export function programsOf({ more }, style) {
  const files = ["classic.cjs", "modern.mjs", ...more];
  return files.filter((file) => style === undefined || file.endsWith(style === "classic" ? ".cjs" : ".mjs"));
}

/**
 * @param {number} number
 * @param {string} name
 * @param {string} en
 * @param {string} es
 * @param {string[]} more
 * @returns {Lesson}
 */
function lesson(number, name, en, es, ...more) {
  return { number, folder: `${String(number).padStart(2, "0")}-${name}`, title: { en, es }, more };
}
