"use strict";
(() => {
  const filters = ["all", "known", "new", "undecided", "rejected"];
  let here = null;

  const shown = (card) => card !== null && getComputedStyle(card).display !== "none";

  // The neighbour on the page that the filter shows: first or last where no card is the current one.
  const neighbour = (step) => {
    const cards = document.querySelectorAll("article.card");
    let i = here === null ? (step > 0 ? 0 : cards.length - 1) : [...cards].indexOf(here) + step;
    while (i >= 0 && i < cards.length && !shown(cards[i])) i += step;
    return cards[i] ?? null;
  };

  const goTo = (card) => {
    if (card === null) return;
    here?.classList.remove("here");
    here = card;
    here.classList.add("here");
    here.scrollIntoView({ block: "start" });
    here.focus({ preventScroll: true });
  };

  // Each press shows the next candidate beside the query; after the last one, none.
  const compareNext = () => {
    if (!shown(here)) goTo(neighbour(1));
    const all = [...(here?.querySelectorAll("details") ?? [])];
    const open = all.findIndex((one) => one.open);
    all.forEach((one, i) => { one.open = i === open + 1; });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const filter = filters[Number(event.key) - 1];
    if (filter) document.getElementById(`show-${filter}`).click();
    else if (event.key === "j") goTo(neighbour(1));
    else if (event.key === "k") goTo(neighbour(-1));
    else if (event.key === "c") compareNext();
    else if (event.key === "l") document.getElementById("lines").click();
    else return;
    event.preventDefault();
  });

  // One comparison at a time in a card, also where the browser does not know <details name>.
  document.addEventListener("toggle", (event) => {
    if (!event.target.open) return;
    for (const other of event.target.parentNode.children) if (other !== event.target) other.open = false;
  }, true);

  document.addEventListener("click", (event) => {
    const card = event.target.closest("article.card");
    if (!card) return;
    here?.classList.remove("here");
    here = card;
    here.classList.add("here");
    // A candidate's photo opens its comparison.
    const candidate = event.target.closest("li");
    if (!candidate) return;
    const details = card.querySelectorAll("details")[[...candidate.parentNode.children].indexOf(candidate)];
    if (details) details.open = !details.open;
  });
})();
