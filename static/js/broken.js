// Marks the cells in which a must is broken, as the list of problems below the grid names them each time it comes.
(function () {
  "use strict";
  const sheet = document.querySelector(".sheet[data-columns]");
  if (!sheet) {
    return;
  }
  const columns = sheet.dataset.columns.trim().split(/\s+/);

  function cellOf(name) {
    const [person, column] = name.split(":");
    return document.getElementById(`r${person}`)?.cells[columns.indexOf(column) + 1];
  }

  function mark(cells) {
    for (const word of sheet.querySelectorAll(".breaks")) {
      if (!cells.has(word.closest("td"))) {
        word.remove();
      }
    }
    for (const chip of sheet.querySelectorAll(".chip.broken")) {
      chip.classList.toggle("broken", cells.has(chip.closest("td")));
    }
    for (const cell of cells) {
      const chips = cell.querySelectorAll(".chip");
      chips.forEach((chip) => chip.classList.add("broken"));
      if (chips.length && !cell.querySelector(".breaks")) {
        chips[chips.length - 1].append(Object.assign(document.createElement("span"), { className: "vh breaks", textContent: ", breaks a rule" }));
      }
    }
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    const list = event.target.id === "problems-panel" && event.target.querySelector("[data-broken]");
    if (list) {
      mark(new Set(list.dataset.broken.split(" ").filter(Boolean).map(cellOf).filter(Boolean)));
    }
  });
})();
