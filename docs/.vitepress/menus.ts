/** What stands above and beside the pages, in each language. */

import { existsSync, readFileSync } from "node:fs";
import type { DefaultTheme } from "vitepress";
import { type Language, lessons } from "../../examples/workshop/lessons.mjs";

const api = new URL("../api/typedoc-sidebar.json", import.meta.url);

/** A group of pages of one folder: what each is called, by its file. An empty name is the folder's index. */
function pages(text: string, folder: string, titles: Readonly<Record<string, string>>): DefaultTheme.SidebarItem {
  const items = Object.entries(titles).map(([page, title]) => ({ text: title, link: `/${folder}/${page}` }));
  return { text, items };
}

const guide: DefaultTheme.SidebarItem[] = [
  pages("Start", "guide", {
    "getting-started": "Getting started",
    "socket-types": "Socket types",
    "many-machines": "Many machines",
  }),
  pages("Patterns", "patterns", {
    "": "Which one, and when",
    "request-reply": "Request and reply",
    "streaming-calls": "Streaming calls",
    "push-pull": "Push and pull",
    "publish-subscribe": "Publish and subscribe",
    "dealer-router": "Dealer and router",
  }),
  pages("Services", "patterns", {
    services: "Services with a contract",
    "services-in-production": "Services in production",
  }),
  pages("How it behaves", "guide", {
    streams: "Streams",
    backpressure: "Backpressure",
    cancellation: "Cancellation and deadlines",
    errors: "Errors",
    losses: "What is lost, and when",
    closing: "Closing and process exit",
  }),
  pages("Where it runs", "guide", {
    transports: "Transports and endpoints",
    "worker-threads": "Worker threads",
    security: "Security",
    packed: "Packed streams",
  }),
  pages("In production", "guide", {
    testing: "Testing",
    deploying: "Deploying",
    operations: "Logging and health",
    "http-gateway": "An HTTP gateway",
    "structured-concurrency": "Structured concurrency",
  }),
  pages("Migration", "migration", {
    zmq: "From zmq and callbacks",
    "zeromq-6": "From zeromq 6",
    rpc: "From tRPC and gRPC",
  }),
];

const inside: DefaultTheme.SidebarItem[] = [
  {
    text: "Inside",
    items: [
      { text: "Architecture", link: "/architecture" },
      { text: "Measured", link: "/bench/" },
    ],
  },
  pages("Protocols", "protocols", {
    envelope: "Envelope",
    balance: "Balance",
    services: "Services",
    packed: "Packed messages",
  }),
  pages("Decisions", "decisions", {
    "": "All of them",
    dependencies: "Dependencies",
    core: "Core",
    patterns: "Patterns",
    rpc: "Services",
    compat: "Compat",
    documentation: "Documentation",
  }),
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
    "/workshop/": [{ text: "Workshop", items: lessonLinks("en", "/workshop/") }],
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
    "/es/taller/": [{ text: "Taller", items: lessonLinks("es", "/es/taller/") }],
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

function lessonLinks(language: Language, base: string): DefaultTheme.SidebarItem[] {
  const [start, glossary] = {
    en: ["How it works", { text: "Glossary", link: `${base}glossary` }] as const,
    es: ["Cómo funciona", { text: "Glosario", link: `${base}glosario` }] as const,
  }[language];
  return [
    { text: start, link: base },
    ...lessons.map(({ number, folder, title }) => ({ text: `${number}. ${title[language]}`, link: base + folder })),
    glossary,
  ];
}
