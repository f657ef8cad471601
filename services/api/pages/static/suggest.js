// Suggestions under a field: the combobox of the ARIA practices, with a list that the keyboard walks through.
"use strict";

{
  const PAUSE_MS = 80;
  const MOST = 8;
  const ASKED = { countries: 20 }; // Cities with the same beginning come before them, and are left out.

  /** From the answer of /api/v1/suggest to lines: what is filled in, and a note. */
  const LINES = {
    places: (answer) => answer.places.map((place) => [place.name, place.city ? "" : "country"]),
    countries: (answer) => answer.places.filter((place) => !place.city).map((place) => [place.name, ""]),
    skills: (answer) => answer.skills.map(counted),
    companies: (answer) => answer.companies.map(counted),
  };

  let field = null; // The one that has a list.
  let list = null;
  let asking = null;
  let waiting = 0;

  function counted({ value, count }) {
    return [value, count.toLocaleString("en")];
  }

  function close() {
    clearTimeout(waiting);
    asking?.abort();
    list?.remove();
    field?.setAttribute("aria-expanded", "false");
    field?.removeAttribute("aria-activedescendant");
    list = field = null;
  }

  function dress(input) {
    if (input.role === "combobox") return;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", `${input.id}-suggestions`);
  }

  function open(input, lines) {
    close();
    if (!lines.length || document.activeElement !== input) return;
    field = input;
    list = document.createElement("ul");
    list.id = `${input.id}-suggestions`;
    list.className = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    list.append(...lines.slice(0, MOST).map(line));
    input.parentElement.append(list);
    input.setAttribute("aria-expanded", "true");
  }

  function line([value, note], index) {
    const option = document.createElement("li");
    option.id = `suggestion-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.value = value;
    const name = document.createElement("bdi");
    name.textContent = value;
    option.append(name);
    if (note) {
      const small = document.createElement("span");
      small.className = "count";
      small.textContent = note;
      option.append(small);
    }
    return option;
  }

  function choose(option) {
    const input = field;
    input.value = option.dataset.value;
    close();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function walk(by) {
    const options = [...list.children];
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const next = at < 0 && by < 0 ? options.length - 1 : (at + by + options.length) % options.length;
    options[at]?.setAttribute("aria-selected", "false");
    options[next].setAttribute("aria-selected", "true");
    options[next].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", options[next].id);
  }

  async function suggest(input) {
    asking?.abort();
    const mine = (asking = new AbortController());
    try {
      const query = new URLSearchParams({ q: input.value.trim(), limit: ASKED[input.dataset.suggest] ?? MOST });
      const answer = await fetch(`/api/v1/suggest?${query}`, { signal: mine.signal });
      if (answer.ok && mine === asking) open(input, LINES[input.dataset.suggest](await answer.json()));
    } catch {
      // Suggestions are a comfort: without them one writes on.
    }
  }

  document.addEventListener("focusin", ({ target }) => target.matches("[data-suggest]") && dress(target));

  document.addEventListener("input", ({ target }) => {
    if (!target.matches("[data-suggest]")) return;
    clearTimeout(waiting);
    if (!target.value.trim()) close();
    else waiting = setTimeout(() => suggest(target), PAUSE_MS);
  });

  document.addEventListener(
    "keydown",
    (event) => {
      if (list === null || event.target !== field) return;
      const chosen = list.querySelector('[aria-selected="true"]');
      if (event.key === "ArrowDown" || event.key === "ArrowUp") walk(event.key === "ArrowDown" ? 1 : -1);
      else if (event.key === "Enter" && chosen) choose(chosen);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  // Before the field loses the focus, so that it never does.
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest(".suggestions [role=option]");
    if (!option) return;
    event.preventDefault();
    choose(option);
  });

  document.addEventListener("focusout", ({ target }) => target === field && close());
}
