// Keys for those who like them; every page works without. `/` goes to the search box, `j` and `k` move through results.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("q").select();
  }
  if (event.key === "j" || event.key === "k") {
    const links = [...document.querySelectorAll(".row h2 a")];
    const at = links.indexOf(document.activeElement);
    const next = event.key === "j" ? at + 1 : Math.max(0, at - 1);
    links[next]?.focus();
  }
});
