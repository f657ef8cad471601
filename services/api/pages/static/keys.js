// Keys for those who like them; every page works without.
"use strict";

function step(by) {
  const links = [...document.querySelectorAll(".row :is(h2, h3) a")];
  const row = document.activeElement.closest(".row");
  const at = row ? links.findIndex((link) => row.contains(link)) : -1;
  links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
}

const KEYS = {
  "/": () => document.getElementById("q")?.select(),
  j: () => step(1),
  k: () => step(-1),
  s: () => document.querySelector("a[data-save]")?.click(),
  "?": () => document.getElementById("keys").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const field = event.target.closest("input:not([type=checkbox], [type=radio], [type=range]), textarea, select");
  if (field) {
    if (event.key === "Escape") field.blur();
    return;
  }
  if (event.target.closest("dialog") || !Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});

document.getElementById("show-keys").addEventListener("click", KEYS["?"]);
