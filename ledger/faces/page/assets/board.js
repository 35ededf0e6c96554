// What a page gains by a script: ages that go on, news without a reload, and keys. It is whole without.
"use strict";

// As ledger/core/moments.py has them: a unit, its seconds, and how many seconds it takes to be told in it.
const DAY = 86400;
const UNITS = [
  ["y", 365 * DAY, 365 * DAY], ["mo", 30 * DAY, 70 * DAY], ["w", 7 * DAY, 14 * DAY], ["d", DAY, DAY],
  ["h", 3600, 3600], ["min", 60, 60], ["s", 1, 0],
];

function describeAge(seconds) {
  const whole = Math.floor(seconds);
  const [unit, size] = UNITS.find(([, , least]) => whole >= least);
  return `${Math.floor(whole / size)} ${unit}`;
}

function showAges() {
  for (const time of document.querySelectorAll("time:not([data-exact])")) {
    const text = describeAge(Math.max(0, (Date.now() - Date.parse(time.dateTime)) / 1000));
    if (time.textContent !== text) time.textContent = text;
  }
}

// News: the server says which version there is; a page of another one is asked for again and takes its place.

let shown = document.body.dataset.version;
let asking = false;
let stream = null;

function printsOf(part) {
  const rows = part.querySelectorAll("[data-row]");
  return new Map(Array.from(rows, (row) => [row.dataset.row, row.dataset.print || ""]));
}

function describeFocus() {
  const row = document.activeElement && document.activeElement.closest("[data-row]");
  return { row: row && row.dataset.row, id: document.activeElement && document.activeElement.id };
}

function restoreFocus({ row, id }) {
  const place = row ? document.querySelector(`[data-row="${CSS.escape(row)}"]`) : id && document.getElementById(id);
  if (!place) return;
  const target = row ? place.querySelector("a") || place : place;
  target.focus({ preventScroll: true });
}

async function showNews(version) {
  const typing = document.activeElement && document.activeElement.matches("input, select");
  if (asking || version === shown || typing) return;
  asking = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const before = printsOf(document);
    const focus = describeFocus();
    const open = document.querySelector("details") && document.querySelector("details").open;
    document.querySelector("main").replaceWith(document.adoptNode(fresh.querySelector("main")));
    document.querySelector(".bar .state").replaceChildren(...fresh.querySelector(".bar .state").childNodes);
    shown = fresh.body.dataset.version;
    for (const row of document.querySelectorAll("[data-row]")) {
      if (before.get(row.dataset.row) !== (row.dataset.print || "")) row.classList.add("moved");
    }
    if (open) document.querySelector("details").open = true;
    restoreFocus(focus);
    showAges();
    markLive(true);
  } catch {
    markLive(false);
  } finally {
    asking = false;
  }
}

function markLive(live) {
  const state = document.querySelector(".bar .state");
  let mark = state.querySelector(".live-mark");
  if (!mark) {
    mark = document.createElement("span");
    state.append(mark);
  }
  mark.className = live ? "live-mark" : "live-mark away";
  mark.textContent = live ? "live" : "no connection";
}

let newest = shown;

function listen() {
  if (stream || document.hidden) return;
  stream = new EventSource(document.body.dataset.live);
  stream.addEventListener("open", () => markLive(true));
  stream.addEventListener("error", () => markLive(false));
  stream.addEventListener("version", (event) => {
    newest = event.data;
    showNews(newest);
  });
}

// A page that nobody sees asks for nothing: a browser has six connections for all its pages of one server.
function attend() {
  if (document.hidden && stream) {
    stream.close();
    stream = null;
  }
  listen();
}

// Keys

const dialog = document.getElementById("keys");
const switched = document.getElementById("keys-on");

function keysAct() {
  try {
    return localStorage.getItem("keys") !== "off";
  } catch {
    return true;
  }
}

function step(by) {
  const rows = Array.from(document.querySelectorAll("main [data-row]"));
  if (!rows.length) return;
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + by));
  const row = rows[next];
  const target = row.querySelector("a.row") || row.querySelector("a") || row;
  if (target === row) row.tabIndex = -1;
  target.focus();
  row.scrollIntoView({ block: "nearest" });
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  "/": () => {
    const words = document.getElementById("words");
    if (words) words.select();
    else if (document.body.dataset.live) location.href = "/#words";
  },
  "?": () => dialog.showModal(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, select, textarea");
  if (event.ctrlKey || event.metaKey || event.altKey || typing || dialog.open || !keysAct()) return;
  if (!(event.key in KEYS)) return;
  event.preventDefault();
  KEYS[event.key]();
});

switched.checked = keysAct();
switched.addEventListener("change", () => {
  try {
    localStorage.setItem("keys", switched.checked ? "on" : "off");
  } catch {
    // a browser that keeps nothing: the keys go on acting
  }
});
for (const button of document.querySelectorAll("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
}
document.addEventListener("focusout", () => setTimeout(() => showNews(newest), 0));

showAges();
setInterval(showAges, 10000);
if (location.hash === "#words" && document.getElementById("words")) document.getElementById("words").focus();
if (document.body.dataset.live) {
  listen();
  document.addEventListener("visibilitychange", attend);
}
