// Results as one types. The server renders all of it: each part of the page gives way to the same part of a newer answer.
"use strict";

const PAUSE_MS = 60; // After the last letter.
const PATIENCE_MS = 15_000;
const KEPT = 30; // Answers, for going back without waiting.

const form = document.getElementById("search");
const results = document.getElementById("results");
const filters = document.getElementById("filters");
const kept = new Map();

let asking = null; // The request that is under way; there is at most one.
let waiting = 0; // The timer of the next one.
let shown = here(); // The address of what the page shows.
let asked = said(); // What the form said when it was last asked or filled.
let writing = false; // Whether the newest entry of the history is one that grows with each letter.
let again = () => {};

const WRITTEN = "input:not([type=checkbox], [type=radio])";
const CHOSEN = "input[type=checkbox], input[type=radio], select, [data-suggest]";

function here() {
  return location.pathname + location.search;
}

function part(name) {
  return document.querySelector(`[data-part="${name}"]`);
}

/** What the form says, as an address has it. */
function said() {
  const fields = [...new FormData(form)].map(([name, value]) => [name, value.trim()]);
  return new URLSearchParams(fields.filter(([, value]) => value)).toString();
}

/** How an element is found again after its part was replaced. */
function way(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  return element.name ? `[name="${element.name}"][value="${CSS.escape(element.value)}"]` : null;
}

/**
 * Put an answer into the page. `all`: the part in which somebody writes too. `stale`: the form has moved on since, so
 * that it stays as it is and only the results are shown.
 */
function show(text, { all = false, stale = false } = {}) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const focused = document.activeElement;
  const back = way(focused);
  const cursor = focused.matches("input[type=search], input:not([type])") ? focused.selectionEnd : null;
  const open = [...document.querySelectorAll("details.more[open]")].map((details) => details.id);
  for (const next of fresh.querySelectorAll("[data-part]")) {
    const live = part(next.dataset.part);
    if (live === null || (stale && !results.contains(live))) continue;
    if (!all && focused.matches(WRITTEN) && live.contains(focused)) continue;
    if (live.role === "status" && live.textContent === next.textContent) continue; // Nothing to be read out again.
    live.replaceChildren(...next.childNodes);
    live.hidden = next.hidden;
    Object.assign(live.dataset, next.dataset);
  }
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (!focused.isConnected) {
    const found = (back && document.querySelector(back)) || results;
    found.focus({ preventScroll: true });
    if (cursor !== null && found.id === focused.id) found.setSelectionRange(cursor, cursor);
  }
  for (const link of document.querySelectorAll("[data-feed]")) {
    document.head.querySelector(`link[type="${link.dataset.feed}"]`)?.setAttribute("href", link.getAttribute("href"));
  }
  if (!stale) asked = said();
  document.title = part("list").dataset.title;
  shown = part("list").dataset.address;
  kept.delete(shown);
  kept.set(shown, text);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value);
}

function fail(told) {
  part("list").replaceChildren(told ?? document.getElementById("failed").content.cloneNode(true));
  part("found").textContent = "The search failed";
}

/** Ask for a search. Null where a newer one was asked meanwhile, or where it failed, which is then shown. */
async function ask(query) {
  clearTimeout(waiting);
  asking?.abort();
  const mine = (asking = new AbortController());
  results.setAttribute("aria-busy", "true");
  try {
    const signal = AbortSignal.any([mine.signal, AbortSignal.timeout(PATIENCE_MS)]);
    const answer = await fetch(`/results?${query}`, { signal, headers: { Accept: "text/html" } });
    const text = await answer.text();
    if (mine !== asking) return null;
    if (answer.ok) return text;
    fail(new DOMParser().parseFromString(text, "text/html").querySelector("[role=alert]"));
  } catch {
    if (mine === asking) fail();
  } finally {
    if (mine === asking) results.removeAttribute("aria-busy");
  }
  return null;
}

/**
 * Search for what the form says. `letter`: after a letter, which makes no step of its own in the history, and may be in the
 * middle of an amount; else a field that cannot be read is told of, since nothing else would move while it is so.
 */
async function searchForm({ letter = false, all = false } = {}) {
  if (letter ? form.matches(":invalid") : !form.reportValidity()) return;
  again = searchForm;
  const query = (asked = said());
  const text = await ask(query);
  if (text === null) return;
  rememberScroll();
  show(text, { all, stale: said() !== query });
  if (shown !== here()) {
    if (letter && writing) history.replaceState({ y: scrollY }, "", shown);
    else history.pushState({ y: scrollY }, "", shown);
  }
  writing = letter;
}

/** Follow a link that changes the search, without leaving the page. */
async function follow(link) {
  again = () => follow(link);
  const text = await ask(link.search.slice(1));
  if (text === null) return;
  rememberScroll();
  show(text, { all: true });
  if (link.closest("nav, .empty")) {
    results.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  writing = false;
  history.pushState({ y: scrollY }, "", shown);
}

/** Show what the address says, as after a step back. */
async function revisit() {
  if (here() === shown) return;
  again = revisit;
  const y = history.state?.y ?? 0;
  const text = kept.get(here()) ?? (await ask(location.search.slice(1)));
  if (text === null) return;
  show(text, { all: true });
  writing = false;
  scrollTo(0, y);
}

function rememberScroll(row = history.state?.row) {
  history.replaceState({ y: scrollY, row }, "");
}

/** What an amount means, as the server reads it: `70000`, `70,000`, `70k` or `15.50`. */
function amountOf(text) {
  if (/^\s*\d+[.,]\d{1,2}\s*$/.test(text)) return parseFloat(text.replace(",", "."));
  if (/k\s*$/i.test(text)) return parseFloat(text.replace(",", ".")) * 1000 || 0;
  return Number(text.replace(/\D/g, ""));
}

function slide(field) {
  const [slider, amount] = [document.getElementById("salary_slider"), document.getElementById("salary_min")];
  if (field === slider) amount.value = slider.value === "0" ? "" : slider.value;
  if (field === amount) slider.value = amountOf(amount.value);
  const currency = document.getElementById("salary_currency").value;
  slider.setAttribute("aria-valuetext", slider.value === "0" ? "any" : `${slider.value} ${currency}`);
}

document.addEventListener("input", ({ target, isComposing }) => {
  const slider = target.id === "salary_slider";
  if (isComposing || !target.matches(WRITTEN) || target.matches("[data-suggest]")) return;
  if (!slider && target.form !== form) return;
  if (slider || target.id === "salary_min") slide(target);
  clearTimeout(waiting);
  waiting = setTimeout(() => searchForm({ letter: true }), PAUSE_MS);
});

document.addEventListener("change", ({ target }) => {
  // A field that gives way to a newer one tells of its change a second time.
  if (target.form === form && target.matches(CHOSEN) && said() !== asked) searchForm({ all: true });
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  filters.open = false;
  searchForm({ all: document.activeElement.id !== "q" });
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-retry]")) again();
  if (event.target.closest("[data-done]")) filters.open = false;
  const link = event.target.closest("main a[href]");
  if (!link) return;
  rememberScroll(link.closest(".row") ? link.getAttribute("href") : undefined);
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!plain || link.origin !== location.origin || link.pathname !== "/" || link.hash) return;
  event.preventDefault();
  follow(link);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !filters.open) return;
  filters.open = false;
  filters.querySelector("summary").focus();
});

// A browser can only tell of a field that is seen.
document.addEventListener(
  "invalid",
  ({ target }) => {
    if (filters.contains(target)) filters.open = true;
  },
  true,
);

document.addEventListener("focusout", () => (writing = false));
addEventListener("popstate", revisit);

let settling = 0;
addEventListener("scroll", () => {
  clearTimeout(settling);
  settling = setTimeout(() => here() === shown && rememberScroll(), 100);
});

// The browser knows nothing of what is replaced: we put the page back where it was.
history.scrollRestoration = "manual";
const [arrival] = performance.getEntriesByType("navigation");
if (arrival?.type === "back_forward" && history.state?.row) {
  document.querySelector(`.row a[href="${CSS.escape(history.state.row)}"]`)?.focus({ preventScroll: true });
}
if (history.state?.y) scrollTo(0, history.state.y);
// A failed search on the first view has no list; its page is a plain one.
kept.set(shown, document.documentElement.outerHTML);
