/** What stands above and beside the pages, in each language. */

import { existsSync, readFileSync } from "node:fs";
import type { DefaultTheme } from "vitepress";
import { type Language, lessons } from "../../examples/workshop/lessons.mjs";

const api = new URL("../api/typedoc-sidebar.json", import.meta.url);

const guide: DefaultTheme.SidebarItem[] = [
  {
    text: "Guide",
    base: "/guide/",
    items: [
      { text: "Getting started", link: "getting-started" },
      { text: "Streams", link: "streams" },
      { text: "Backpressure", link: "backpressure" },
      { text: "Cancellation and deadlines", link: "cancellation" },
      { text: "Errors", link: "errors" },
      { text: "What is lost, and when", link: "losses" },
      { text: "Closing and process exit", link: "closing" },
      { text: "Worker threads", link: "worker-threads" },
      { text: "Transports and endpoints", link: "transports" },
      { text: "Security", link: "security" },
      { text: "Packed streams", link: "packed" },
      { text: "Many machines", link: "many-machines" },
    ],
  },
  {
    text: "Patterns",
    base: "/patterns/",
    items: [
      { text: "Which one, and when", link: "index" },
      { text: "Request and reply", link: "request-reply" },
      { text: "Push and pull", link: "push-pull" },
      { text: "Publish and subscribe", link: "publish-subscribe" },
      { text: "Dealer and router", link: "dealer-router" },
    ],
  },
  {
    text: "Migration",
    base: "/migration/",
    items: [
      { text: "From zmq and callbacks", link: "zmq" },
      { text: "From zeromq 6", link: "zeromq-6" },
    ],
  },
];

const inside: DefaultTheme.SidebarItem[] = [
  { text: "Measured", link: "/bench/" },
  { text: "Architecture", link: "/architecture" },
  {
    text: "Protocols",
    base: "/protocols/",
    items: [
      { text: "Envelope", link: "envelope" },
      { text: "Balance", link: "balance" },
      { text: "Packed messages", link: "packed" },
    ],
  },
  {
    text: "Decisions",
    base: "/decisions/",
    items: [
      { text: "All of them", link: "index" },
      { text: "Dependencies", link: "dependencies" },
      { text: "Core", link: "core" },
      { text: "Patterns", link: "patterns" },
      { text: "Compat", link: "compat" },
      { text: "Documentation", link: "documentation" },
    ],
  },
];

export const english: DefaultTheme.Config = {
  nav: [
    { text: "Guide", link: "/guide/getting-started", activeMatch: "^/(guide|patterns|migration)/" },
    { text: "Workshop", link: "/workshop/", activeMatch: "^/workshop/" },
    { text: "API", link: "/api/", activeMatch: "^/api/" },
    { text: "Inside", link: "/architecture", activeMatch: "^/(architecture|bench|protocols|decisions)" },
  ],
  sidebar: {
    "/guide/": guide,
    "/patterns/": guide,
    "/migration/": guide,
    "/workshop/": [{ text: "Workshop", base: "/workshop/", items: lessonLinks("en", "How it goes") }],
    "/api/": existsSync(api) ? JSON.parse(readFileSync(api, "utf8")) : [],
    "/architecture": inside,
    "/bench/": inside,
    "/protocols/": inside,
    "/decisions/": inside,
  },
};

export const spanish: DefaultTheme.Config = {
  nav: [
    { text: "Taller", link: "/es/taller/", activeMatch: "^/es/taller/" },
    { text: "Guía (en inglés)", link: "/guide/getting-started" },
    { text: "API (en inglés)", link: "/api/" },
  ],
  sidebar: {
    "/es/taller/": [{ text: "Taller", base: "/es/taller/", items: lessonLinks("es", "Cómo funciona") }],
  },
  outline: { level: [2, 3], label: "En esta página" },
  docFooter: { prev: "Anterior", next: "Siguiente" },
  darkModeSwitchLabel: "Aspecto",
  lightModeSwitchTitle: "Cambiar a modo claro",
  darkModeSwitchTitle: "Cambiar a modo oscuro",
  sidebarMenuLabel: "Menú",
  returnToTopLabel: "Volver arriba",
  langMenuLabel: "Idioma",
  skipToContentLabel: "Ir al contenido",
};

export const spanishSearch: NonNullable<DefaultTheme.LocalSearchOptions["translations"]> = {
  button: { buttonText: "Buscar", buttonAriaLabel: "Buscar" },
  modal: {
    displayDetails: "Mostrar detalles",
    resetButtonTitle: "Borrar",
    backButtonTitle: "Cerrar",
    noResultsText: "Sin resultados para",
    footer: { selectText: "elegir", navigateText: "moverse", closeText: "cerrar" },
  },
};

function lessonLinks(language: Language, start: string): DefaultTheme.SidebarItem[] {
  return [
    { text: start, link: "index" },
    ...lessons.map(({ number, folder, title }) => ({ text: `${number}. ${title[language]}`, link: folder })),
  ];
}
