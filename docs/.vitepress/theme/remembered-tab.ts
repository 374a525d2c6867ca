/** Remembers which program a reader looks at, the classic or the modern one, and shows it on each page. */

const key = "awaitmq-program";
/** What its tab says, in each language. */
const names: Readonly<Record<string, string>> = {
  classic: "classic",
  clásico: "classic",
  modern: "modern",
  moderno: "modern",
};

function tabs(): { readonly label: HTMLElement; readonly name: string }[] {
  return [...document.querySelectorAll<HTMLElement>(".vp-code-group .tabs label")].flatMap((label) => {
    const name = names[label.textContent ?? ""];
    return name === undefined ? [] : [{ label, name }];
  });
}

/** Shows the program that was chosen before; call it when a page is there. */
export function showRememberedTab(): void {
  const chosen = localStorage.getItem(key);
  for (const { label, name } of tabs()) if (name === chosen) label.click();
}

/** Keeps what is chosen from now on. */
export function rememberTabs(): void {
  addEventListener("click", ({ target }) => {
    const chosen = tabs().find(({ label }) => label === target);
    if (chosen !== undefined) localStorage.setItem(key, chosen.name);
  });
}
