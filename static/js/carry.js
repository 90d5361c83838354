// Carrying what a cell holds to another one: what would happen is shown and said before it is let go.
// Drag and drop (drag.js), the keyboard and the panel's Move, Swap and Push all end up here.
(function () {
  "use strict";
  const calendar = window.calendar;
  if (!calendar) {
    return;
  }
  const { sheet } = calendar;
  const MARKS = { allowed: "✓", advisory: "△", breaks: "✕", leave: "∅", refused: "∅" };
  const label = Object.assign(document.createElement("div"), { className: "verdict-label", hidden: true });
  label.setAttribute("aria-hidden", "true"); // said by calendar.say
  document.body.append(label);
  let carried = null; // {name, verb, over, known: {verb: {cell: {verdict, words}}}, pointer: [x, y] or null,
  // isDragged, isTouch}

  calendar.isBusy = () => carried !== null;
  calendar.isDragging = () => Boolean(carried?.isDragged);
  calendar.carriedVerb = () => carried?.verb;

  async function ask(verb, to) {
    const mine = carried;
    const query = new URLSearchParams({ verb, from: mine.name, ...(to ? { to } : {}) });
    const headers = { "HX-Request": "true" }; // a session that has ended is then told by a header, not by a page
    const answer = await fetch(`${sheet.dataset.targets}?${query}`, { headers }).catch(() => null);
    const elsewhere = answer?.headers.get("HX-Redirect");
    if (elsewhere) {
      location.assign(elsewhere);
    } else if (answer?.ok && carried === mine) {
      Object.assign((mine.known[verb] ??= {}), await answer.json());
      mark();
      tell();
    }
  }

  function learn(verb) {
    if (!carried.known[verb]) {
      carried.known[verb] = {};
      ask(verb);
    }
  }

  function mark() {
    if (!carried) {
      return;
    }
    for (const td of sheet.querySelectorAll("td[data-target]")) {
      delete td.dataset.target;
    }
    for (const [name, { verdict }] of Object.entries(carried.known[carried.verb] || {})) {
      const td = name === carried.name ? null : calendar.cell(name);
      if (td) {
        td.dataset.target = verdict;
      }
    }
  }

  function effect(td) {
    const there = calendar.codes(calendar.content(td));
    if (calendar.name(td) === carried.name) {
      return "where it was";
    }
    if (calendar.isLeave(td)) {
      return "on leave";
    }
    if (!there) {
      return "free";
    }
    return { move: `replaces ${there}`, swap: `swaps with ${there}`, push: `pushes ${there} along` }[carried.verb];
  }

  // What would happen at the cell below, beside the pointer or the cell, and once in words.
  function tell() {
    const td = carried?.over && calendar.cell(carried.over);
    label.hidden = !td;
    if (!td) {
      return;
    }
    const { verdict = "", words: all = "" } = carried.known[carried.verb]?.[carried.over] || {};
    const words = all.replace(/^allowed(; )?/, ""); // that is what the mark says
    const what = effect(td);
    const shown = calendar.isLeave(td) ? "leave" : verdict;
    label.dataset.verdict = shown;
    label.textContent = [MARKS[shown], what + (words && words !== what ? `: ${words}` : "")].filter(Boolean).join(" ");
    const spot = td.getBoundingClientRect();
    const [x, y] = carried.pointer || [spot.left, spot.bottom];
    const beside = carried.pointer ? 16 : 4;
    label.style.left = `${Math.max(4, Math.min(x + beside, window.innerWidth - label.offsetWidth - 4))}px`;
    const isAbove = carried.isTouch || y + beside + label.offsetHeight > window.innerHeight; // a finger covers what is below
    label.style.top = `${isAbove ? y - label.offsetHeight - 48 : y + beside}px`;
    if (!carried.pointer) {
      calendar.say(`${calendar.words(td)}: ${what}${words ? `, ${words}` : ""}`);
    }
  }

  calendar.carry = (name, verb = "move", { pointer = null, touch = false } = {}) => {
    const td = calendar.cell(name);
    const content = calendar.content(td);
    if (!content) {
      calendar.say("This cell is empty: there is nothing to carry.");
      return false;
    }
    calendar.unchoose();
    carried = { name, verb, over: null, known: {}, pointer, isDragged: Boolean(pointer), isTouch: touch };
    td.classList.add("carried");
    sheet.classList.add("carrying");
    learn(verb);
    calendar.showBar?.(0, false);
    if (!pointer) {
      calendar.focus(name);
      calendar.say(
        `Picked up ${calendar.codes(content)} of ${calendar.words(td)}. The arrows choose where. ` +
          "Enter moves, Alt and Enter swaps, Shift and Enter pushes, Escape cancels.",
      );
    }
    return true;
  };

  calendar.carryVerb = (verb) => {
    if (carried && carried.verb !== verb) {
      carried.verb = verb;
      learn(verb);
      mark();
      tell();
      calendar.showBar?.(0, false);
    }
  };

  let lazily = 0;
  calendar.carryOver = (name, pointer = null) => {
    carried.pointer = pointer;
    if (carried.over !== name) {
      sheet.querySelector(".over")?.classList.remove("over");
      carried.over = name;
      const td = name && calendar.cell(name);
      td?.classList.add("over");
      clearTimeout(lazily);
      if (td && name !== carried.name && !carried.known[carried.verb]?.[name]) {
        lazily = setTimeout(() => carried && ask(carried.verb, name), 120);
      }
    }
    tell();
  };

  calendar.letGo = () => {
    const was = carried;
    carried = null;
    clearTimeout(lazily);
    label.hidden = true;
    sheet.classList.remove("carrying");
    for (const td of sheet.querySelectorAll(".carried, .over, td[data-target]")) {
      td.classList.remove("carried", "over");
      delete td.dataset.target;
    }
    calendar.showBar?.(0, false);
    return was;
  };

  calendar.dropAt = (name, verb = carried.verb) => {
    const { name: from } = calendar.letGo();
    if (name && name !== from) {
      calendar.drop(verb, from, name);
      calendar.focus(name);
    }
  };

  // What a move, a swap or a push leaves in the cells; nothing where one of its ends is not on this page.
  calendar.outcome = (verb, from, to) =>
    calendar.cell(from) && calendar.cell(to) ? { move: moved, swap: swapped, push: pushed }[verb](from, to) : [];

  calendar.drop = (verb, from, to) => {
    const paints = calendar.outcome(verb, from, to);
    calendar.send(verb, [["from", from], ["to", to]], { names: paints.map(([name]) => name), paints });
  };

  function held(name) {
    const td = calendar.cell(name);
    const content = calendar.content(td);
    return [content, content || calendar.isLeave(td) ? calendar.link(td).innerHTML : ""];
  }

  const moved = (from, to) => [[to, ...held(from)], [from, "", ""]];
  const swapped = (from, to) => [[to, ...held(from)], [from, ...held(to)]];

  function pushed(from, to) {
    const paints = new Map([[from, ["", ""]]]);
    let hand = held(from);
    for (let td = calendar.cell(to); td && calendar.link(td); td = td.nextElementSibling) {
      const name = calendar.name(td);
      if (!calendar.isLeave(td)) {
        const there = name === from ? ["", ""] : held(name);
        paints.set(name, hand);
        hand = there;
        if (!hand[0]) {
          break;
        }
      }
    }
    return [...paints].map(([name, [content, look]]) => [name, content, look]);
  }

  // The keyboard: Space picks up; arrows go on as usual; Enter lets go.
  sheet.addEventListener("keydown", (event) => {
    const td = calendar.at(event.target);
    if (!td) {
      return;
    }
    if (!carried && event.key === " ") {
      calendar.carry(calendar.name(td));
    } else if (carried && event.key === "Enter") {
      calendar.dropAt(calendar.name(td), event.altKey ? "swap" : event.shiftKey ? "push" : carried.verb);
    } else {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  sheet.addEventListener("focusin", (event) => {
    const td = calendar.at(event.target);
    if (carried && !carried.pointer && td && calendar.name(td) !== carried.over) {
      calendar.carryOver(calendar.name(td));
    }
  });
  sheet.addEventListener("click", (event) => {
    const td = calendar.at(event.target);
    if (carried && td) {
      event.preventDefault();
      event.stopImmediatePropagation();
      calendar.dropAt(calendar.name(td), event.altKey ? "swap" : event.shiftKey ? "push" : carried.verb);
    }
  }, true);
  sheet.addEventListener("pointermove", (event) => {
    const td = carried && !carried.pointer && event.pointerType === "mouse" && calendar.at(event.target);
    if (td && calendar.name(td) !== carried.over) {
      calendar.carryOver(calendar.name(td)); // after Move… in the panel: what would happen below the mouse
    }
  });
  document.addEventListener("keydown", (event) => {
    if (carried && event.key === "Escape") {
      const { name } = calendar.letGo();
      calendar.focus(name);
      calendar.say("Put back.");
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);
})();
