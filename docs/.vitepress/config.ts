/** The site: what it is made of, in which languages, and how Mermaid fences become diagrams. */

import { defineConfig } from "vitepress";
import { english, spanish, spanishSearch } from "./menus.ts";

export default defineConfig({
  title: "awaitmq",
  description:
    "ZeroMQ sockets as async streams, and servers, clients and workers on top of them, for TypeScript and JavaScript.",
  cleanUrls: true,
  head: [["link", { rel: "icon", href: "/logo.svg", type: "image/svg+xml" }]],
  srcExclude: ["README.md"],
  // A README is what a folder shows where the repository is read, and an index is what it shows here.
  rewrites: { ":folder/README.md": ":folder/index.md" },
  locales: {
    root: { label: "English", lang: "en", themeConfig: english },
    es: { label: "Español", lang: "es", themeConfig: spanish },
  },
  themeConfig: {
    logo: "/logo.svg",
    // Only the workshop is in Spanish too; each of its lessons links to the same one in the other language.
    i18nRouting: false,
    search: { provider: "local", options: { locales: { es: { translations: spanishSearch } } } },
    outline: [2, 3],
  },
  markdown: {
    languageAlias: { mjs: "js", cjs: "js" },
    config(md) {
      const fence = md.renderer.rules.fence;
      md.renderer.rules.fence = (tokens, index, options, env, self) => {
        const token = tokens[index];
        if (token?.info.trim() === "mermaid") return `<MermaidDiagram code="${encodeURIComponent(token.content)}" />`;
        return fence?.(tokens, index, options, env, self) ?? "";
      };
    },
  },
  vite: {
    // Mermaid is one large chunk, which only pages with a diagram load.
    build: { chunkSizeWarningLimit: 4_000 },
  },
});
