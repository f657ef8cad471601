// Matches: weights rank them at once, what one says of them shows at once, and new ones are told of without anything jumping.
"use strict";

/** The engine's own sum: 100 x w x v / sum of w, over the factors that are known. */
function points(values, weights) {
  const known = values.reduce((sum, [name]) => sum + weights[name], 0);
  return values.map(([name, value]) => (known ? (100 * weights[name] * value) / known : 0));
}

{
  const cards = document.getElementById("cards");
  const weights = document.getElementById("weights");
  const parts = (card) => [...card.querySelectorAll(".part")];

  function said() {
    return Object.fromEntries([...weights.querySelectorAll("input")].map((input) => [input.name.slice(2), Number(input.value) || 0]));
  }

  function score(card, given) {
    const bar = parts(card);
    const each = points(bar.map((part) => [part.dataset.factor, Number(part.dataset.value)]), given);
    let x = 0;
    bar.forEach((part, at) => {
      part.setAttribute("x", x);
      part.setAttribute("width", each[at]);
      card.querySelector(`[data-points="${part.dataset.factor}"]`).textContent = Math.round(each[at]);
      x += each[at];
    });
    card.dataset.score = x;
    card.querySelector("[data-shown]").textContent = Math.round(x);
  }

  function rank() {
    const given = said();
    const inputs = [...weights.querySelectorAll("input")];
    const usual = inputs.every((input) => input.value === input.dataset.usual);
    for (const input of inputs) document.querySelector(`output[for="${input.id}"]`).value = Math.round(input.value);
    for (const card of cards.children) {
      if (card.dataset.score) score(card, given);
      // How much is known, and what one more skill would do, was worked out with the usual weights.
      for (const line of card.querySelectorAll(".known, .learn")) line.toggleAttribute("hidden", !usual);
    }
    const order = [...cards.children].sort(
      (a, b) =>
        b.hasAttribute("data-interested") - a.hasAttribute("data-interested") ||
        Number(b.dataset.score || 0).toFixed(6) - Number(a.dataset.score || 0).toFixed(6) ||
        a.dataset.id.localeCompare(b.dataset.id),
    );
    cards.append(...order);
    document.getElementById("reset").hidden = usual;
    document.getElementById("ranked").textContent = usual ? "Ranked as usual." : "Ranked anew.";
  }

  const more = document.getElementById("more");

  /** Have all matches on the page, behind those that are there. */
  async function showAll() {
    if (!more?.isConnected) return;
    const answer = await fetch(more.href);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const there = new Set([...cards.children].map((card) => card.dataset.id));
    cards.append(...[...page.querySelectorAll("#cards > .match")].filter((card) => !there.has(card.dataset.id)));
    more.remove();
  }

  more?.addEventListener("click", (event) => {
    event.preventDefault();
    showAll().catch(() => location.assign(more.href));
  });

  if (weights) {
    for (const input of weights.querySelectorAll("input")) {
      input.type = "range";
      input.step = "1";
    }
    weights.addEventListener("input", rank);
    // The best under other weights may be among those that are not shown yet.
    weights.addEventListener("input", () => showAll().then(rank, () => {}), { once: true });
  }

  /** A form that takes back what another has said, and then does `after`. */
  function undo(said, after) {
    const form = document.createElement("form");
    const button = document.createElement("button");
    form.method = "post";
    form.action = said.action;
    form.className = "undo";
    button.className = "small";
    button.textContent = "Undo";
    for (const [name, value] of [["token", said.elements.token.value], ["verdict", "nothing"]]) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    }
    form.append(button);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" })
        .then((answer) => (answer.type === "opaqueredirect" ? after() : form.submit()))
        .catch(() => form.submit());
    });
    return form;
  }

  /** Send what somebody says of a match; the card shows it when it is kept. */
  async function say(form) {
    const card = form.closest(".match");
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
    // A form that was done leads back to the list: the script stays where it is.
    if (answer.type !== "opaqueredirect") return form.submit();
    const note = document.createElement("p");
    note.tabIndex = -1;
    if (form.dataset.say === "interested") {
      card.setAttribute("data-interested", "");
      note.className = "own-on";
      note.textContent = "✓ Interested";
      form.replaceWith(note);
    } else {
      note.className = "gone";
      note.setAttribute("role", "status");
      note.textContent = `${card.querySelector("h2").textContent.trim()} is not shown any more.`;
      const before = [...card.childNodes];
      const shown = card.dataset.score;
      card.className = "row";
      delete card.dataset.score;
      card.replaceChildren(note, undo(form, () => {
        card.className = "row match";
        card.dataset.score = shown;
        card.replaceChildren(...before);
        card.querySelector(".refuse").open = false;
        card.querySelector("h2 a").focus();
      }));
    }
    note.focus();
  }

  cards?.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-say]");
    if (!form) return;
    event.preventDefault();
    say(form).catch(() => form.submit());
  });

  // Before the keys of all pages: here `s` says that the match at hand is of interest.
  document.addEventListener(
    "keydown",
    (event) => {
      const form = document.activeElement.closest(".match")?.querySelector("[data-say=interested]");
      if (event.key !== "s" || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select")) return;
      if (!form) return;
      event.preventDefault();
      form.requestSubmit();
    },
    true,
  );

  const news = document.getElementById("news");
  if (news) {
    let count = 0;
    const stream = new EventSource(news.dataset.stream);
    stream.addEventListener("message", (event) => {
      const told = JSON.parse(event.data);
      count += told.type === "match" ? 1 : (told.count ?? 1);
      const words = told.type === "introduction" ? "An employer asks for your name." : `${count} new ${count === 1 ? "match" : "matches"}.`;
      news.querySelector("span").textContent = words;
      news.hidden = false;
    });
    addEventListener("pagehide", () => stream.close());
  }

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        document.getElementById("copied").textContent = "Copied.";
      } catch {
        document.getElementById("copied").textContent = "The key is selected: copy it with your keyboard.";
      }
    });
  }
}
