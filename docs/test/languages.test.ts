/** The language switch asks for the same path with or without `/es`, and is led to the page that there is. */

import type { Router } from "vitepress";
import { expect, test } from "vitest";
import { followLanguages } from "../.vitepress/theme/languages.ts";

test.each([
  ["/es/workshop/12-dealer", "/es/taller/12-dealer"],
  ["/es/workshop/glossary", "/es/taller/glosario"],
  ["/taller/12-dealer", "/workshop/12-dealer"],
  ["/taller/glosario", "/workshop/glossary"],
  ["/es/guide/getting-started", "/es/"],
])("from %s to %s", async (asked, there) => {
  const gone: string[] = [];
  const router = { go: async (path: string) => void gone.push(path) } as unknown as Router;
  followLanguages(router);
  expect(await router.onBeforeRouteChange?.(asked)).toBe(false);
  expect(gone).toEqual([there]);
  expect(await router.onBeforeRouteChange?.(there)).toBe(true);
});
