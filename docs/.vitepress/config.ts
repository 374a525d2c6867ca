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
  transformPageData(page) {
    // Tables of figures need the room of the outline. No frontmatter says so: the formatter takes that for text.
    if (page.relativePath.startsWith("bench/")) page.frontmatter.aside = false;
  },
  themeConfig: {
    logo: "/logo.svg",
    // The language switch asks for the same page; theme/languages.ts knows which ones there are.
    i18nRouting: true,
    search: {
      provider: "local",
      options: {
        locales: { es: { translations: spanishSearch } },
        miniSearch: { searchOptions: { boostDocument: (path) => (path.startsWith("/api/") ? 0.2 : 1) } },
      },
    },
    outline: [2, 3],
  },
  markdown: {
    // With the contrast that WCAG 2 AA asks for, on the ground of code blocks too.
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    languageAlias: { mjs: "js", cjs: "js" },
    config(md) {
      const fence = md.renderer.rules.fence;
      md.renderer.rules.fence = (tokens, index, options, env, self) => {
        const token = tokens[index];
        if (token?.info.trim() === "mermaid") return `<MermaidDiagram code="${encodeURIComponent(token.content)}" />`;
        const code = fence?.(tokens, index, options, env, self) ?? "";
        // In a group of tabs the tab has the name.
        const [, name] = /\[(.+)\]/.exec(token?.info ?? "") ?? [];
        const isTab =
          tokens
            .slice(0, index)
            .reverse()
            .find(({ type }) => type.includes("code-group"))?.nesting === 1;
        return name === undefined || isTab ? code : `<p class="file-name"><code>${name}</code></p>${code}`;
      };
    },
  },
  vite: {
    // Mermaid is one large chunk, which only pages with a diagram load.
    build: { chunkSizeWarningLimit: 4_000 },
  },
});
