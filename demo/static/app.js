// Draws the job list and the postings from the JSON endpoint; without scripts these pages are empty.
const app = document.getElementById("app");

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function drawList(answer) {
  document.title = `Open positions – ${answer.company}`;
  const list = element("ul", "", { class: "jobs" });
  for (const job of answer.jobs) {
    const line = document.createElement("li");
    line.append(element("a", job.title, { href: job.path }), element("span", job.location));
    list.append(line);
  }
  app.replaceChildren(element("h1", "Open positions"), element("p", answer.about), list);
}

function drawPosting(job) {
  document.title = `${job.title} – ${job.company}`;
  const data = element("script", JSON.stringify(job.markup), { type: "application/ld+json" });
  document.head.append(data);
  const text = document.createElement("div");
  text.innerHTML = job.description;
  const facts = job.facts.map(([label, value]) => element("p", `${label}: ${value}`));
  app.replaceChildren(
    element("h1", job.title), ...facts, text, element("a", "Apply now", { class: "apply", href: job.apply }),
  );
}

async function draw() {
  const answer = await fetch(`/api${location.pathname}.json`);
  if (!answer.ok) {
    app.replaceChildren(element("h1", "Not found"));
    return;
  }
  const value = await answer.json();
  if (value.jobs) drawList(value);
  else drawPosting(value);
}

draw();
