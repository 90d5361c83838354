// The keyboard in a grid: one cell has the focus, the arrow keys move it; its column is lit as its row is.
(function () {
  "use strict";
  const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const started = new WeakSet();

  function rowsOf(grid) {
    return [...grid.rows].filter((row) => !row.matches(".level, .stamp"));
  }

  function target(cell) {
    return cell.querySelector("a") || cell;
  }

  function start(grid) {
    started.add(grid);
    const columns = grid.querySelectorAll("col");
    let here = null; // the cell in the tab order
    let place = [1, 1]; // its row and column, for when the cell itself is replaced
    let lit = null;

    function light(cell) {
      const column = cell ? columns[cell.cellIndex] : null;
      if (column !== lit) {
        lit?.classList.remove("lit");
        lit = column;
        lit?.classList.add("lit");
      }
    }

    function stop(cell) {
      if (here && here !== cell) {
        target(here).tabIndex = -1;
      }
      here = cell;
      target(here).tabIndex = 0;
    }

    function move(row, column) {
      const rows = rowsOf(grid);
      const cells = rows[Math.max(0, Math.min(row, rows.length - 1))].cells;
      stop(cells[Math.max(0, Math.min(column, cells.length - 1))]);
      target(here).focus();
    }

    function tend(cells) {
      for (const cell of cells) {
        target(cell).tabIndex = cell === here ? 0 : -1;
      }
      if (!here?.isConnected) {
        const rows = rowsOf(grid);
        const cell = rows[place[0]]?.cells[place[1]] || rows[0]?.cells[0];
        if (cell) {
          stop(cell);
        }
      }
    }

    function onKey(event) {
      const cell = event.target.closest("td, th");
      const rows = rowsOf(grid);
      const row = rows.indexOf(cell?.parentElement);
      if (row < 0 || event.altKey || event.metaKey || event.defaultPrevented) {
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
    }

    grid.setAttribute("role", "grid");
    tend(rowsOf(grid).flatMap((row) => [...row.cells]));
    grid.addEventListener("keydown", onKey);
    grid.addEventListener("focusin", (event) => {
      const cell = event.target.closest("td, th");
      if (cell) {
        stop(cell);
        place = [rowsOf(grid).indexOf(cell.parentElement), cell.cellIndex];
        light(cell);
      }
    });
    grid.addEventListener("pointerover", (event) => light(event.target.closest("td, th")));
    grid.addEventListener("pointerleave", () => light(null));
    // Cells that an answer replaced are stops of the Tab key again until they are told.
    new MutationObserver((changes) => {
      const added = changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.matches?.("td, th, tr, tbody"));
      if (added.length) {
        tend(added.flatMap((node) => (node.matches("td, th") ? [node] : [...node.querySelectorAll("td, th")])));
      }
    }).observe(grid, { childList: true, subtree: true });
  }

  function startAll() {
    for (const grid of document.querySelectorAll("[data-grid]")) {
      if (!started.has(grid)) {
        start(grid);
      }
    }
  }

  // "#c12:2026-11-03" is a cell, "#d2026-11-03" and "#p5" the heading of a column, "#r12" that of a row.
  function named(hash) {
    const grid = document.querySelector("[data-grid]");
    const columns = grid?.closest("[data-columns]")?.dataset.columns.trim().split(/\s+/) || [];
    const [, kind, row, column] = hash.match(/^#([cr])(\d+):?(.*)$/) || hash.match(/^#([dp])()(.+)$/) || [];
    const head = grid?.tHead.querySelector("tr:not(.stamp)");
    const line = kind === "c" || kind === "r" ? document.getElementById(`r${row}`) : head;
    const index = kind === "r" ? 0 : columns.indexOf(column) + 1;
    return line && (kind === "r" || index > 0) ? line.cells[index] : null;
  }

  function go() {
    const cell = named(decodeURIComponent(location.hash));
    if (cell) {
      cell.scrollIntoView({ block: "center", inline: "center" });
      target(cell).focus({ preventScroll: true });
    }
  }

  startAll();
  go();
  window.addEventListener("hashchange", go);
  document.addEventListener("click", (event) => {
    if (event.target.closest("a[href*='#']")?.href === location.href) {
      go(); // the address stays the same, so nothing else happens
    }
  });
  document.addEventListener("htmx:load", startAll); // a whole table was replaced
})();
