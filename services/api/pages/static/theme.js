// The chosen theme, set before anything is painted, so that nothing flashes. Without a choice the system decides.
"use strict";

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function chosen() {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null; // Storage may be forbidden: then a choice lasts as long as the page.
  }
}

function keep(theme) {
  try {
    if (theme) localStorage.setItem("theme", theme);
    else localStorage.removeItem("theme");
  } catch {
    // As above.
  }
}

function wear(theme) {
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  const dark = (theme ?? (system.matches ? "dark" : "light")) === "dark";
  document.getElementById("theme")?.setAttribute("aria-pressed", String(dark));
}

wear(chosen());
document.addEventListener("DOMContentLoaded", () => wear(chosen()));
system.addEventListener("change", () => wear(chosen()));
addEventListener("storage", () => wear(chosen()));

document.addEventListener("click", (event) => {
  if (!event.target.closest("#theme")) return;
  const dark = (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const wanted = dark ? "light" : "dark";
  // Who chooses what the system has anyway follows the system again.
  const theme = (wanted === "dark") === system.matches ? null : wanted;
  keep(theme);
  wear(theme);
});
