/** Where the language switch leads: to the same lesson, or to the start where a page is in one language only. */

import type { Router } from "vitepress";

/** The page that is there for the path that the switch makes, which only puts `/es` in front or takes it away. */
function inOtherLanguage(path: string): string {
  if (path.startsWith("/es/workshop/"))
    return path.replace("/es/workshop/", "/es/taller/").replace("glossary", "glosario");
  if (path.startsWith("/taller/")) return path.replace("/taller/", "/workshop/").replace("glosario", "glossary");
  if (path.startsWith("/es/") && !path.startsWith("/es/taller/")) return "/es/";
  return path;
}

export function followLanguages(router: Router): void {
  router.onBeforeRouteChange = (to) => {
    const there = inOtherLanguage(to);
    if (there === to) return true;
    void router.go(there);
    return false;
  };
}
