/** The lessons, in their order. A lesson's pages have the name of its folder, in both languages. */

/** @typedef {"en" | "es"} Language */

/**
 * @typedef {object} Lesson
 * @property {number} number
 * @property {string} folder
 * @property {Readonly<Record<Language, string>>} title
 * @property {readonly string[]} more files of programs beside `classic.cjs` and `modern.mjs`: a `.cjs` one is classic
 */

/** @type {Readonly<Record<number, readonly string[]>>} */
const more = {
  4: ["callbacks.cjs", "pair.cjs", "pair.mjs"],
  5: ["threads.cjs", "threads.mjs"],
  7: ["linger.cjs", "linger.mjs"],
  11: ["forwarder.cjs", "forwarder.mjs"],
  12: ["combinations.mjs"],
  15: ["wire.mjs"],
};

/** @type {readonly Lesson[]} */
export const lessons = [
  lesson(1, "what-it-is", "What 0MQ is, and is not", "Qué es 0MQ, y qué no es"),
  lesson(
    2,
    "inside",
    "A process seen from inside",
    "Un proceso visto por dentro",
  ),
  lesson(3, "messages", "Messages and frames", "Mensajes y segmentos"),
  lesson(4, "sockets", "Sockets: bind and connect", "Sockets: bind y connect"),
  lesson(
    5,
    "transports",
    "Transports: tcp, ipc, inproc",
    "Transportes: tcp, ipc, inproc",
  ),
  lesson(6, "send-and-receive", "Sending and receiving", "Enviar y recibir"),
  lesson(
    7,
    "options",
    "Options: identity and subscribe",
    "Opciones: identity y subscribe",
  ),
  lesson(8, "request-reply", "Request and reply", "Petición y respuesta"),
  lesson(9, "delimiter", "The delimiter", "El delimitador"),
  lesson(10, "push-pull", "Push and pull", "Push y pull"),
  lesson(11, "pub-sub", "Publish and subscribe", "Publicar y suscribirse"),
  lesson(12, "dealer", "Dealer and the envelope", "Dealer y el sobre"),
  lesson(13, "router", "Router and identities", "Router e identidades"),
  lesson(
    14,
    "streams",
    "Beyond the seminar: streams",
    "Más allá del seminario: flujos",
  ),
  lesson(15, "services", "Services with a contract", "Servicios con contrato"),
];

/**
 * The files of a lesson's programs. A Spanish one has the same code as the
 * English one and other comments.
 *
 * @param {Lesson} lesson
 * @param {Language} language
 * @param {"classic" | "modern"} [style] all of them by default
 */
export function programsOf({ more }, language, style) {
  const ending = { classic: ".cjs", modern: ".mjs" };
  return ["classic.cjs", "modern.mjs", ...more]
    .filter((file) => style === undefined || file.endsWith(ending[style]))
    .map((file) => (language === "en" ? file : file.replace(".", ".es.")));
}

/**
 * @param {number} number
 * @param {string} name
 * @param {string} en
 * @param {string} es
 * @returns {Lesson}
 */
function lesson(number, name, en, es) {
  return {
    number,
    folder: `${String(number).padStart(2, "0")}-${name}`,
    title: { en, es },
    more: more[number] ?? [],
  };
}
