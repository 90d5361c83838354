// The keyboard in a grid: one cell has the focus, the arrow keys move it; its column is lit as its row is.
(function () {
  "use strict";
  const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

  function start(grid) {
    const rows = [...grid.rows].filter((row) => !row.matches(".level, .stamp"));
    const columns = grid.querySelectorAll("col");
    let here = rows[1]?.cells[1] || rows[0]?.cells[0];
    let lit = null;

    function light(cell) {
      lit?.classList.remove("lit");
      lit = cell ? columns[cell.cellIndex] : null;
      lit?.classList.add("lit");
    }

    function target(cell) {
      return cell.querySelector("a") || cell;
    }

    function move(row, column) {
      const cells = rows[Math.max(0, Math.min(row, rows.length - 1))].cells;
      target(here).tabIndex = -1;
      here = cells[Math.max(0, Math.min(column, cells.length - 1))];
      target(here).tabIndex = 0;
      target(here).focus();
    }

    grid.setAttribute("role", "grid");
    for (const row of rows) {
      for (const cell of row.cells) {
        target(cell).tabIndex = -1;
      }
    }
    if (here) {
      target(here).tabIndex = 0;
    }

    grid.addEventListener("keydown", (event) => {
      const cell = event.target.closest("td, th");
      const row = rows.indexOf(cell?.parentElement);
      if (row < 0 || event.altKey || event.metaKey) {
        return;
      }
      const step = STEPS[event.key];
      if (step) {
        move(row + step[0], cell.cellIndex + step[1]);
      } else if (event.key === "Home") {
        move(event.ctrlKey ? 0 : row, 0);
      } else if (event.key === "End") {
        move(event.ctrlKey ? rows.length - 1 : row, Infinity);
      } else if (event.key === "PageDown" || event.key === "PageUp") {
        move(row + (event.key === "PageDown" ? 10 : -10), cell.cellIndex);
      } else {
        return;
      }
      event.preventDefault();
    });
    grid.addEventListener("focusin", (event) => light(event.target.closest("td, th")));
    grid.addEventListener("pointerover", (event) => light(event.target.closest("td, th")));
    grid.addEventListener("pointerleave", () => light(null));
  }

  for (const grid of document.querySelectorAll("[data-grid]")) {
    start(grid);
  }
})();
