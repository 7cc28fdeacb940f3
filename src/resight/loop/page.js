"use strict";
const pairs = [...document.querySelectorAll(".pair")];
const done = document.querySelector(".done");
const batch = document.body.dataset.batch;
const key = `resight ${batch}`;
const answers = restored();
let at = firstOpen();

function restored() {
  try {
    const kept = JSON.parse(localStorage.getItem(key) || "[]");
    return pairs.map((_, place) => kept[place] ?? null);
  } catch {
    return pairs.map(() => null);
  }
}

function firstOpen() {
  const open = answers.indexOf(null);
  return open < 0 ? pairs.length : open;
}

function show() {
  pairs.forEach((pair, place) => { pair.hidden = place !== at; });
  done.hidden = at < pairs.length;
  const said = answers.filter((answer) => answer !== null).length;
  document.getElementById("progress").value = said;
  document.getElementById("place").textContent =
    at < pairs.length ? `${at + 1} of ${pairs.length}` : `${said} of ${pairs.length} answered`;
}

function say(answer) {
  if (at >= pairs.length) return;
  answers[at] = answer;
  // A page opened from a file may be forbidden to keep anything: then the answers last as long as the page.
  try { localStorage.setItem(key, JSON.stringify(answers)); } catch { /* nothing to do about it */ }
  at += 1;
  show();
}

function back() {
  at = Math.max(0, at - 1);
  show();
}

function save() {
  const rows = answers.flatMap((answer, place) => answer === null ? [] : [`${batch},${place + 1},${answer}`]);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([["batch,question,answer", ...rows, ""].join("\n")], { type: "text/csv" }));
  link.download = `answers-${batch}.csv`;
  link.click();
}

const KEYS = { ArrowLeft: "different", ArrowDown: "unsure", ArrowRight: "same" };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key in KEYS) say(KEYS[event.key]);
  else if (event.key === "Backspace") back();
  else if (event.key === "s") save();
  else return;
  event.preventDefault();
});
document.querySelectorAll("[data-say]").forEach((button) => {
  button.addEventListener("click", () => { say(button.dataset.say); button.blur(); });
});
document.getElementById("back").addEventListener("click", back);
document.getElementById("save").addEventListener("click", save);
show();
