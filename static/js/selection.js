// A range of cells, chosen with Shift and the arrows, Shift and a click, by dragging over free cells, or by touch; and its bar.
(function () {
  "use strict";
  const calendar = window.calendar;
  if (!calendar) {
    return;
  }
  const { sheet } = calendar;
  const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  let start = null; // names of two corners
  let end = null;
  let isTouching = false; // a tap extends the range
  let last = ""; // the cell that had the focus last, from which Shift and a click choose though the panel has it

  function corner(name, rows) {
    const td = calendar.cell(name);
    return td && [rows.indexOf(td.parentElement), td.cellIndex];
  }

  // The chosen cells as rows of cells, from the top left; the focused cell alone where no range is.
  calendar.block = () => {
    const rows = calendar.rows();
    const [from, to] = [start, end].map((name) => name && corner(name, rows));
    if (!from || !to) {
      const td = calendar.focused();
      return td ? [[td]] : [];
    }
    const [top, bottom] = [from[0], to[0]].toSorted((a, b) => a - b);
    const [left, right] = [from[1], to[1]].toSorted((a, b) => a - b);
    return rows.slice(top, bottom + 1).map((row) => [...row.cells].slice(left, right + 1));
  };
  calendar.chosen = () => calendar.block().flat().filter((td) => calendar.link(td));
  calendar.hasRange = () => start !== null;

  function draw() {
    const chosen = new Set(start ? calendar.chosen() : []);
    for (const td of sheet.querySelectorAll("td[aria-selected]")) {
      if (!chosen.has(td)) {
        td.removeAttribute("aria-selected");
      }
    }
    for (const td of chosen) {
      td.setAttribute("aria-selected", "true");
    }
    calendar.showBar?.(chosen.size, isTouching);
    return chosen.size;
  }

  sheet.addEventListener("focusin", (event) => {
    const td = calendar.at(event.target);
    last = td ? calendar.name(td) : last;
  });

  calendar.choose = (from, to, { touch = false } = {}) => {
    calendar.closePanel?.(); // or, where its choices are still on their way, they would come in the way
    start = from;
    end = to;
    isTouching = touch;
    const count = draw();
    if (count > 1) {
      calendar.say(`${count} cells selected`);
    }
  };

  calendar.unchoose = () => {
    if (start) {
      start = end = null;
      isTouching = false;
      draw();
    }
  };

  calendar.isTouching = () => isTouching;
  calendar.extendTo = (name) => calendar.choose(start || name, name, { touch: isTouching });
  document.addEventListener("calendar:patched", () => start && draw()); // a replaced cell is still chosen

  function extend(td, step) {
    const rows = calendar.rows();
    const from = corner(end || calendar.name(td), rows);
    const row = rows[Math.max(0, Math.min(from[0] + step[0], rows.length - 1))];
    const to = row.cells[Math.max(1, Math.min(from[1] + step[1], calendar.columns.length))];
    calendar.choose(start || calendar.name(td), calendar.name(to));
    calendar.link(to).focus();
  }

  sheet.addEventListener("keydown", (event) => {
    const td = calendar.at(event.target);
    if (!td || calendar.isBusy() || event.altKey) {
      return;
    }
    const step = STEPS[event.key];
    if (step && event.shiftKey && !event.ctrlKey && !event.metaKey) {
      extend(td, step);
      event.preventDefault();
      event.stopImmediatePropagation();
    } else if (event.key === "Escape" && start) {
      calendar.unchoose();
      event.preventDefault();
    } else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) {
      const rows = calendar.rows();
      calendar.choose(calendar.name(rows[0].cells[1]), calendar.name(rows.at(-1).cells[calendar.columns.length]));
      event.preventDefault();
    } else if (step || ["Home", "End", "PageUp", "PageDown"].includes(event.key)) {
      calendar.unchoose(); // moving on without Shift
    }
  }, true);

  // Before the click that opens the panel.
  sheet.addEventListener("click", (event) => {
    const td = calendar.at(event.target);
    if (!td || event.button || calendar.isBusy()) {
      return;
    }
    if (event.shiftKey) {
      const from = start || calendar.name(calendar.focused() || calendar.cell(last) || td);
      calendar.choose(from, calendar.name(td));
      event.preventDefault();
    } else if (isTouching) {
      calendar.extendTo(calendar.name(td));
      event.preventDefault();
    } else {
      calendar.unchoose();
    }
  }, true);
  // Shift and a click would choose text.
  sheet.addEventListener("mousedown", (event) => {
    if (event.shiftKey && calendar.at(event.target)) {
      event.preventDefault();
    }
  });
})();
