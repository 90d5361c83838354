// The panel at a cell: opened by click, tap or Enter, placed so that its row stays in sight, closed by Escape.
(function () {
  "use strict";
  const calendar = window.calendar;
  const panel = document.getElementById("panel");
  if (!calendar || !panel) {
    return;
  }
  const { sheet } = calendar;
  const MANY = 7; // choices from which on a filter helps
  const GAP = 6;
  const phone = window.matchMedia("(max-width: 640px)");
  let at = null; // the name of the cell
  let shown = new Map(); // what the cells held when the panel was opened
  let side = null; // of its row, where the panel lies
  let asked = null; // {name, typed, source}: the cell whose choices are on their way
  let bulk = null; // the cells that a choice is for, where they are several
  const refusals = []; // that wait until the panel is free

  panel.popover = "auto";
  panel.tabIndex = -1;
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", "Cell");

  calendar.panelIsOpen = () => panel.matches(":popover-open");

  function place() {
    const td = calendar.cell(at || "");
    if (!calendar.panelIsOpen()) {
      return;
    }
    if (phone.matches || !td) { // at the foot; in the middle, where it is about no cell of this page
      panel.style.removeProperty("left");
      panel.style.removeProperty("top");
      panel.style.removeProperty("max-height");
      return;
    }
    const cell = td.getBoundingClientRect();
    const row = td.parentElement.getBoundingClientRect();
    const below = window.innerHeight - row.bottom - 2 * GAP;
    const above = row.top - 2 * GAP;
    panel.style.maxHeight = `${Math.max(below, above)}px`;
    const { width } = panel.getBoundingClientRect();
    let { height } = panel.getBoundingClientRect();
    side ??= height <= below || below >= above ? "below" : "above"; // and there it stays, however long it grows
    const isBelow = side === "below";
    panel.style.maxHeight = `${isBelow ? below : above}px`;
    height = panel.getBoundingClientRect().height;
    panel.style.left = `${Math.max(GAP, Math.min(cell.left, window.innerWidth - width - GAP))}px`;
    panel.style.top = `${isBelow ? row.bottom + GAP : Math.max(GAP, row.top - GAP - height)}px`;
  }

  // On a phone the panel lies at the foot of the screen: its row goes above it, if it is below.
  function uncover() {
    const td = calendar.cell(at || "");
    const over = td ? td.getBoundingClientRect().bottom + GAP - panel.getBoundingClientRect().top : 0;
    if (phone.matches && over > 0) {
      window.scrollBy({ top: over, behavior: "instant" });
    }
  }

  function buttons() {
    return [...panel.querySelectorAll(".choices li:not([hidden]) button")].filter((button) => button.checkVisibility());
  }

  function first() {
    const inside = "[autofocus], .refusal [name=reason], .choices [aria-current]";
    return panel.querySelector(inside) || buttons()[0] || panel.querySelector("input:not([type=hidden]), button, a[href]") || panel;
  }

  function show(name) {
    at = name;
    side = null;
    const td = calendar.cell(name);
    panel.setAttribute("aria-label", td ? calendar.words(td) : panel.querySelector("h2")?.textContent || "Not changed");
    panel.classList.toggle("centred", !td);
    td?.classList.add("opened");
    if (!calendar.panelIsOpen()) {
      panel.showPopover();
    }
    place();
    uncover();
  }

  function open(td, { typed = "", names = null } = {}) {
    const name = calendar.name(td);
    bulk = names;
    shown = new Map((names || [name]).map((each) => [each, calendar.content(calendar.cell(each))]));
    panel.replaceChildren();
    // htmx lets an element have one request at a time, and notes one that is aborted as an error: each gets its own.
    const source = Object.assign(document.createElement("div"), { hidden: true });
    source.dataset.asks = name;
    panel.after(source);
    const mine = (asked = { name, typed, source });
    window.htmx
      .ajax("GET", calendar.link(td).getAttribute("href"), { source, target: panel, swap: "innerHTML" })
      .catch(() => {})
      .then(() => {
        source.remove();
        if (asked !== mine) {
          return; // another cell was opened meanwhile, or none is wanted any more
        }
        asked = null;
        if (!panel.firstElementChild) {
          calendar.notice("The choices of this cell could not be fetched. Try it again.", { kind: "error" });
          return;
        }
        show(name);
        furnish(name, mine.typed);
        place();
      });
  }
  calendar.open = open;

  // What only scripts can do: filter, tools to carry the cell elsewhere, a word on what a choice is for.
  function furnish(name, typed) {
    const list = panel.querySelector(".choices");
    if (bulk) {
      const words = `What you choose is set in ${bulk.length} cells. The verdicts are for ${calendar.words(calendar.cell(name))}.`;
      list?.before(Object.assign(document.createElement("p"), { className: "for", textContent: words }));
    } else if (calendar.content(calendar.cell(name)) && calendar.carry) {
      calendar.panelTools(name);
    }
    if (list && (typed || list.children.length >= MANY)) {
      calendar.panelFilter(list, typed, place);
    }
    const field = typed && panel.querySelector(".filter input");
    (field || first()).focus({ preventScroll: true });
    field?.setSelectionRange?.(typed.length, typed.length); // the next letter goes on
  }

  // Whoever goes on before the choices are here does not want them any more: later they would come in the way.
  function giveUp() {
    asked = null;
  }

  function close() {
    giveUp();
    if (calendar.panelIsOpen()) {
      panel.hidePopover();
    }
  }
  calendar.closePanel = close;
  document.addEventListener("keydown", (event) => event.key === "Escape" && giveUp(), true);
  sheet.addEventListener("focusin", (event) => {
    const td = calendar.at(event.target);
    if (asked && td && calendar.name(td) !== asked.name) {
      giveUp();
    }
  });
  panel.addEventListener("htmx:beforeSwap", (event) => {
    const { elt } = event.detail.requestConfig;
    if (elt.dataset.asks && elt !== asked?.source) {
      event.detail.shouldSwap = false;
    }
  });

  panel.addEventListener("beforetoggle", (event) => {
    if (event.newState === "closed") {
      const name = at;
      const hadFocus = panel.contains(document.activeElement);
      calendar.cell(name || "")?.classList.remove("opened");
      setTimeout(() => {
        if ((hadFocus && !calendar.focused()) || document.activeElement === document.body) {
          calendar.focus(name || "");
        }
        nextRefusal();
      });
    }
  });

  panel.addEventListener("keydown", (event) => {
    const all = buttons();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const index = all.indexOf(document.activeElement);
    const input = panel.querySelector(".filter input");
    if (step && (index >= 0 || event.target === input)) {
      event.preventDefault();
      (index + step < 0 && input ? input : all[Math.max(0, Math.min(index + step, all.length - 1))])?.focus();
    } else if (event.key === "Enter" && event.target === input) {
      event.preventDefault();
      all[0]?.click();
    } else if (input && index >= 0 && event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
      input.focus(); // the letter lands in it
    }
  });

  panel.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) {
      event.preventDefault();
      close();
    }
  });

  // A form that changes the schedule goes through the queue; all others are left alone.
  panel.addEventListener("submit", (event) => {
    const form = event.target;
    const action = form.getAttribute("action");
    const isTurn = /\/(undo|redo)\/$/.test(action); // why it is undone
    if (action !== sheet.dataset.edit && !isTurn) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const data = [...new FormData(form, event.submitter)];
    if (isTurn) {
      close();
      calendar.send("", data, { url: action, isTurn });
      return;
    }
    const cells = data.filter(([field]) => field === "cell").map(([, value]) => parted(value));
    const verb = data.find(([field]) => field === "verb")?.[1];
    const look = event.submitter?.querySelector(".chip:not(.none)")?.outerHTML;
    const sent = bulk && (verb === "set" ? spread(cells[0][1]) : bulk.map((name) => ["cell", name]));
    const rest = data.filter(([field]) => !bulk || !["cell", "was"].includes(field));
    const ends = ["from", "to"].map((field) => data.find(([each]) => each === field)?.[1]).filter(Boolean);
    close();
    calendar.send("", sent ? [...rest, ...sent] : rest, {
      names: bulk || [...new Set([...cells.map(([name]) => name), ...ends])],
      paints: ends.length === 2 ? calendar.outcome(verb, ...ends) : verb === "set" ? painted(sent ? sent.map(([, value]) => parted(value)) : cells, look) : [],
      was: shown,
    });
  }, true);

  // "12:2026-11-03=ICU|D" as its two parts; a code may hold "=" itself.
  function parted(value) {
    const [name] = value.split("=", 1);
    return [name, value.slice(name.length + 1)];
  }

  function spread(content) {
    return bulk.map((name) => ["cell", `${name}=${content}`]);
  }

  function painted(cells, look) {
    return cells.map(([name, content]) => [name, content, content ? look : ""]);
  }

  // The server said no, or asks why: its answer is shown at the cell, once the panel is free.
  calendar.refuse = (item, html) => {
    refusals.push([item, html]);
    if (!calendar.panelIsOpen()) {
      nextRefusal();
    }
  };

  function nextRefusal() {
    if (!refusals.length || calendar.panelIsOpen()) {
      return;
    }
    const [item, html] = refusals.shift();
    const name = item.names[0] && calendar.cell(item.names.at(-1)) ? item.names.at(-1) : item.names[0];
    bulk = null;
    shown = new Map();
    window.htmx.swap(panel, html, { swapStyle: "innerHTML" });
    show(name || "");
    first().focus({ preventScroll: true });
  }

  sheet.addEventListener("click", (event) => {
    const td = calendar.at(event.target);
    if (!td || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) {
      return;
    }
    event.preventDefault();
    calendar.link(td).focus({ preventScroll: true });
    open(td);
  });
  sheet.addEventListener("keydown", (event) => {
    const td = calendar.at(event.target);
    const isLetter = event.key.length === 1 && /\p{L}|\d/u.test(event.key);
    if (td && isLetter && !event.ctrlKey && !event.metaKey && !event.altKey && !calendar.isBusy()) {
      event.preventDefault();
      if (asked?.name === calendar.name(td)) {
        asked.typed += event.key; // the next letter, before the choices are here
      } else {
        open(td, { typed: event.key });
      }
    }
  });
  document.addEventListener("calendar:patched", () => {
    if (calendar.panelIsOpen()) {
      calendar.cell(at || "")?.classList.add("opened"); // its cell may be another element now
      place();
    }
  });
  panel.addEventListener("toggle", (event) => event.target !== panel && place(), true); // details
  window.addEventListener("resize", () => {
    side = null;
    place();
  });
  document.addEventListener("scroll", place, { capture: true, passive: true });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (panel.contains(event.target)) {
      place();
    }
  });
})();
