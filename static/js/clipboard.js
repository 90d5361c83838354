// Copy, cut and paste cells, also to and from a spreadsheet (as text with tabs); fill, clear, pin, undo by key.
(function () {
  "use strict";
  const calendar = window.calendar;
  if (!calendar) {
    return;
  }
  const { sheet } = calendar;
  let copied = null; // {text, cut: names of cells that a paste empties}

  const texts = (block) => block.map((row) => row.map(calendar.content));
  const asText = (rows) => rows.map((row) => row.join("\t")).join("\n");

  function asRows(text) {
    return text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map((line) => line.split("\t").map(content));
  }

  // A spreadsheet says "WA" where the month says "WA|D": the shift is that of the cells here that hold the rotation.
  function content(text) {
    const code = text.trim();
    if (calendar.kind === "year" || !code || code.includes("|")) {
      return code;
    }
    const like = [...sheet.querySelectorAll("a.cell[data-was]")].find(({ dataset }) => dataset.was.startsWith(`${code}|`) && !dataset.was.includes("/"));
    return like ? like.dataset.was : code;
  }

  function uncut() {
    for (const td of sheet.querySelectorAll(".cut")) {
      td.classList.remove("cut");
    }
  }

  calendar.copy = ({ cut = false } = {}) => {
    const block = calendar.block();
    const cells = block.flat();
    uncut();
    copied = { text: asText(texts(block)), cut: cut ? cells.filter(calendar.content).map(calendar.name) : [] };
    if (cut) {
      cells.forEach((td) => td.classList.add("cut"));
    }
    calendar.say(`${cells.length === 1 ? calendar.words(cells[0]) : `${cells.length} cells`} ${cut ? "cut" : "copied"}`);
    return copied.text;
  };

  // The cells from the first chosen one on, as many as were copied; one copied cell fills all that are chosen.
  function targets(rows) {
    const block = calendar.block();
    const first = block[0][0];
    if (rows.length === 1 && rows[0].length === 1) {
      return block.flat().map((td) => [calendar.name(td), rows[0][0]]);
    }
    const all = calendar.rows();
    const top = all.indexOf(first.parentElement);
    return rows.flatMap((row, down) =>
      row.map((content, right) => [all[top + down]?.cells[first.cellIndex + right], content]),
    ).filter(([td]) => td && calendar.link(td)).map(([td, content]) => [calendar.name(td), content]);
  }

  calendar.paste = (text) => {
    if (!calendar.block().length) {
      return;
    }
    const cells = targets(asRows(text));
    const cut = copied && copied.text === text ? copied.cut : [];
    if (cut.length === 1 && cells.length === 1 && cut[0] !== cells[0][0]) {
      calendar.drop("move", cut[0], cells[0][0]); // with its note
    } else {
      const pasted = new Set(cells.map(([name]) => name));
      calendar.set([...cells, ...cut.filter((name) => !pasted.has(name)).map((name) => [name, ""])]);
    }
    if (cut.length) {
      copied = null;
      uncut();
    }
  };

  calendar.clear = () => calendar.set(calendar.chosen().map((td) => [calendar.name(td), ""]));

  // Like a spreadsheet: the first row goes down, or the first column to the right; of one cell, what is above or left.
  calendar.fill = (way) => {
    const block = calendar.block();
    const rows = calendar.rows();
    const isDown = way === "down";
    const before = (td) => (isDown ? rows[rows.indexOf(td.parentElement) - 1]?.cells[td.cellIndex] : td.previousElementSibling);
    const isOne = isDown ? block.length === 1 : block[0]?.length === 1;
    const source = (td, row, column) => (isOne ? before(td) : isDown ? block[0][column] : block[row][0]);
    calendar.set(block.flatMap((row, down) => row.map((td, right) => [td, source(td, down, right)]))
      .filter(([td, from]) => from && calendar.link(from) && from !== td)
      .map(([td, from]) => [calendar.name(td), calendar.content(from)]));
  };

  calendar.mark = (verb) => {
    const names = calendar.chosen().filter(calendar.content).map(calendar.name);
    if (names.length) {
      calendar.send(verb, names.map((name) => ["cell", name]), { names });
    } else {
      calendar.notice("These cells are empty: there is nothing to pin or loosen.");
    }
  };

  calendar.pasteCopied = async () => {
    let text = copied?.text;
    if (text === undefined) {
      text = await navigator.clipboard?.readText().catch(() => undefined);
    }
    if (text === undefined) {
      calendar.notice("Nothing is copied yet. Copy cells here, or paste from a spreadsheet with Ctrl+V.");
    } else {
      calendar.paste(text);
    }
  };

  const isHere = () => calendar.focused() && !calendar.isBusy();
  for (const kind of ["copy", "cut"]) {
    document.addEventListener(kind, (event) => {
      if (isHere()) {
        event.clipboardData.setData("text/plain", calendar.copy({ cut: kind === "cut" }));
        event.preventDefault();
      }
    });
  }
  document.addEventListener("paste", (event) => {
    if (isHere()) {
      event.preventDefault();
      calendar.paste(event.clipboardData.getData("text/plain"));
    }
  });

  sheet.addEventListener("keydown", (event) => {
    if (!isHere() || event.altKey) {
      return;
    }
    const key = event.key.toLowerCase();
    const control = event.ctrlKey || event.metaKey;
    if ((key === "delete" || key === "backspace") && !control) {
      calendar.clear();
    } else if (control && (key === "d" || key === "enter") && !event.shiftKey) {
      calendar.fill(key === "d" ? "down" : "right"); // Ctrl+R, as spreadsheets have it, reloads the page here
    } else if (key === "escape" && copied?.cut.length) {
      copied = null;
      uncut();
    } else {
      return;
    }
    event.preventDefault();
  });

  // Undo and redo go wherever the focus is, except in fields, which have their own.
  document.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.closest("input, textarea, select") || !"zy".includes(key)) {
      return;
    }
    event.preventDefault();
    calendar.closePanel();
    calendar.turn(key === "y" || event.shiftKey ? "redo" : "undo");
  });
})();
