// The field that somebody is at, marked in the text. Without this script each field links to its place there.
"use strict";

{
  const reading = document.getElementById("reading");
  const text = document.getElementById("text");

  function mark(key, show) {
    for (const lit of text.querySelectorAll(".lit")) lit.classList.remove("lit");
    if (!key) return;
    const marks = text.querySelectorAll(`mark[data-of~="${CSS.escape(key)}"]`);
    for (const each of marks) each.classList.add("lit");
    // The text scrolls in its own box; the page stays where it is.
    if (show && marks.length) text.scrollTop += marks[0].getBoundingClientRect().top - text.getBoundingClientRect().top - 64;
  }

  const field = (event) => event.target.closest("[data-field]")?.dataset.field;
  reading.addEventListener("focusin", (event) => mark(field(event), true));
  reading.addEventListener("focusout", () => mark(null, false));
  reading.addEventListener("mouseover", (event) => field(event) && mark(field(event), false));
  reading.addEventListener("mouseleave", () => mark(document.activeElement.closest("[data-field]")?.dataset.field, false));
  text.addEventListener("click", (event) => {
    const keys = event.target.closest("mark")?.dataset.of.split(" ") ?? [];
    // Of fields within one another the innermost was read last.
    const input = document.getElementById(`f-${keys.at(-1)}`);
    const entry = input?.closest("details");
    if (entry) entry.open = true;
    input?.focus();
  });
}
