// What the cells of the calendar are called and hold. Everything else of the calendar asks here.
// A cell is named as the server names it: "12:2026-11-03" in the month, "12:5" in the year.
(function () {
  "use strict";
  const sheet = document.querySelector("[data-calendar]");
  if (!sheet) {
    return;
  }
  const columns = sheet.dataset.columns.trim().split(/\s+/);
  const calendar = { sheet, columns, kind: sheet.dataset.kind, isBusy: () => false };
  window.calendar = calendar;

  calendar.rows = () => [...sheet.querySelectorAll("tbody tr[id^='r']")];
  calendar.link = (td) => td?.querySelector("a.cell") || null;

  // The cell around an element: null outside of those that can be changed.
  calendar.at = (element) => {
    const td = element?.closest?.("td");
    return td && sheet.contains(td) && calendar.link(td) ? td : null;
  };

  calendar.name = (td) => `${td.parentElement.id.slice(1)}:${columns[td.cellIndex - 1]}`;

  calendar.cell = (name) => {
    const [person, column] = name.split(":");
    const td = document.getElementById(`r${person}`)?.cells[columns.indexOf(column) + 1];
    return td && calendar.link(td) ? td : null;
  };

  calendar.focused = () => calendar.at(document.activeElement);
  calendar.focus = (name) => calendar.link(calendar.cell(name))?.focus({ preventScroll: true });

  calendar.content = (td) => calendar.link(td)?.dataset.was || "";
  calendar.isLeave = (td) => Boolean(td.querySelector(".chip.leave"));
  calendar.codes = (content) => [...new Set(content.split("/").map((duty) => duty.split("|")[0]))].join(", ");

  calendar.person = (td) => td.parentElement.cells[0].textContent.trim();
  calendar.column = (td) => {
    const head = td.closest("table").tHead.querySelector("tr:not(.stamp)").cells[td.cellIndex];
    const words = [...head.querySelectorAll("b")].map((b) => b.textContent).join("");
    const rest = head.textContent.replace(words, "").trim();
    return calendar.kind === "year" ? `period ${words}, from ${rest}` : `${rest} ${words}`;
  };
  calendar.words = (td) => `${calendar.person(td)}, ${calendar.column(td)}`;

  // How a content looks, by a cell of this page that holds it; else by its codes alone.
  calendar.look = (content) => {
    if (!content) {
      return "";
    }
    const like = sheet.querySelector(`a.cell[data-was="${CSS.escape(content)}"]`);
    if (like) {
      const copy = like.cloneNode(true);
      for (const chip of copy.querySelectorAll(".pinned, .noted, .override, .broken")) {
        chip.classList.remove("pinned", "noted", "override", "broken");
      }
      copy.querySelector(".breaks")?.remove();
      return copy.innerHTML;
    }
    const chip = document.createElement("span");
    chip.className = "chip";
    chip.textContent = calendar.codes(content);
    return chip.outerHTML;
  };

  calendar.paint = (link, content, look) => {
    link.innerHTML = look;
    if (content) {
      link.dataset.was = content;
    } else {
      delete link.dataset.was;
    }
    if (look) {
      link.removeAttribute("aria-label");
    } else {
      link.setAttribute("aria-label", "Free");
    }
  };

  const heard = document.createElement("div");
  heard.className = "vh";
  heard.setAttribute("aria-live", "assertive");
  sheet.after(heard);
  // What only screen readers need to be told, since the page shows it.
  calendar.say = (words) => {
    heard.textContent = words;
  };
})();
