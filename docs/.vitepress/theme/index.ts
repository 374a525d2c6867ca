/** VitePress's own theme in the colours and widths of awaitmq, with diagrams, and with choices that are remembered. */

import { inBrowser, type Theme } from "vitepress";
import DefaultTheme from "vitepress/theme";
import { nextTick } from "vue";
import { followLanguages } from "./languages.ts";
import "./palette.css";
import "./layout.css";
import MermaidDiagram from "./mermaid-diagram.vue";
import { rememberTabs, showRememberedTab } from "./remembered-tab.ts";

export default {
  extends: DefaultTheme,
  enhanceApp({ app, router }) {
    app.component("MermaidDiagram", MermaidDiagram);
    if (!inBrowser) return;
    followLanguages(router);
    rememberTabs();
    router.onAfterRouteChange = () => void nextTick(showRememberedTab);
  },
} satisfies Theme;
