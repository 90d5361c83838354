// The bar at the foot of the screen: what can be done with the chosen cells, or where something is carried to.
(function () {
  "use strict";
  const calendar = window.calendar;
  if (!calendar) {
    return;
  }
  const bar = Object.assign(document.createElement("div"), { className: "selection-bar", hidden: true });
  bar.setAttribute("role", "toolbar");
  calendar.sheet.after(bar);

  // One stop of the Tab key: within, the arrows go on.
  const buttons = () => [...bar.querySelectorAll("button")];
  function stopAt(chosen) {
    for (const each of buttons()) {
      each.tabIndex = each === chosen ? 0 : -1;
    }
  }
  bar.addEventListener("focusin", (event) => stopAt(event.target));
  bar.addEventListener("keydown", (event) => {
    const all = buttons();
    const index = all.indexOf(document.activeElement);
    const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined && index >= 0) {
      all.at(to % all.length).focus();
      event.preventDefault();
    }
  });

  function button(label, act, { pressed } = {}) {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: label });
    made.addEventListener("click", act);
    if (pressed !== undefined) {
      made.setAttribute("aria-pressed", String(pressed));
    }
    return made;
  }

  function words(text) {
    return Object.assign(document.createElement("b"), { textContent: text });
  }

  function hint(text) {
    return Object.assign(document.createElement("span"), { className: "muted", textContent: text });
  }

  function copy(cut) {
    const text = calendar.copy({ cut });
    navigator.clipboard?.writeText(text).catch(() => {}); // kept by this page in any case
    if (calendar.isTouching()) {
      calendar.notice(cut ? "Cut. Choose where to, and paste." : "Copied. Choose where to, and paste.");
    }
  }

  function fill() {
    const block = calendar.block();
    calendar.fill(block.length > 1 ? "down" : "right");
  }

  function set() {
    const chosen = calendar.chosen();
    calendar.open(chosen[0], { names: chosen.map(calendar.name) });
  }

  function forRange(count) {
    bar.setAttribute("aria-label", "Selection");
    const text = count === 1 ? "1 cell" : `${count} cells`;
    return [
      words(text),
      button("Copy", () => copy(false)),
      button("Cut", () => copy(true)),
      button("Paste", calendar.pasteCopied),
      button("Clear", calendar.clear),
      ...(count > 1 ? [button("Fill", fill)] : []),
      button("Pin", () => calendar.mark("pin")),
      button("Loosen", () => calendar.mark("loosen")),
      button("Set…", set),
      button("Done", () => {
        const first = calendar.chosen()[0];
        calendar.unchoose();
        calendar.focus(first ? calendar.name(first) : "");
      }),
    ];
  }

  function forCarrying() {
    bar.setAttribute("aria-label", "Carrying");
    bar.classList.toggle("aside", calendar.isDragging());
    if (calendar.isDragging()) {
      return [words("Let go where it belongs"), hint("Alt swaps · Shift pushes along · Escape puts it back")];
    }
    const verb = calendar.carriedVerb();
    const choices = [["move", "Move"], ["swap", "Swap"], ["push", "Push"]];
    return [
      words("Choose the cell"),
      ...choices.map(([name, label]) => button(label, () => calendar.carryVerb(name), { pressed: name === verb })),
      button("Cancel", () => {
        const { name } = calendar.letGo();
        calendar.focus(name);
      }),
    ];
  }

  calendar.showBar = (count, isTouching) => {
    bar.classList.remove("aside");
    const within = bar.contains(document.activeElement) ? document.activeElement.textContent : "";
    const shows = calendar.isBusy() ? forCarrying() : count > 1 || isTouching ? forRange(count) : [];
    bar.replaceChildren(...shows);
    stopAt(buttons()[0]);
    bar.hidden = shows.length === 0;
    document.body.classList.toggle("with-bar", !bar.hidden);
    if (within) {
      buttons().find((one) => one.textContent === within)?.focus();
    }
  };
})();
