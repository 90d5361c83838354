// Sends changes one after another, shows each at once, and puts right what the server says no to.
(function () {
  "use strict";
  const calendar = window.calendar;
  if (!calendar) {
    return;
  }
  const { sheet } = calendar;
  const MOST = 5000; // cells of one change, as the server has it
  const waiting = []; // changes in the order they were made; the first one is on its way

  calendar.isSending = () => waiting.length > 0;
  // Whoever leaves the page would lose what is not sent yet: the browser asks them.
  window.addEventListener("beforeunload", (event) => calendar.isSending() && event.preventDefault());

  // Each change can be shown and taken back: {cells: [[name, content, look]], …}.
  function show(item) {
    item.shown = [];
    for (const [name, content, look] of item.paints) {
      const link = calendar.link(calendar.cell(name));
      if (link) {
        item.shown.push([link, link.dataset.was || "", link.innerHTML, name]);
        calendar.paint(link, content, look ?? calendar.look(content));
      }
    }
    item.found = new Map(item.shown.map(([, was, , name]) => [name, was]));
  }

  function takeBack(item) {
    for (const [link, was, html] of item.shown.toReversed()) {
      calendar.paint(link, was, html);
    }
  }

  function takeAllBack() {
    waiting.toReversed().forEach(takeBack);
  }

  function values(item) {
    const fields = new FormData();
    const common = {
      month: sheet.dataset.month || "",
      state: sheet.dataset.state || "",
      next: location.pathname + location.search,
      csrfmiddlewaretoken: document.querySelector("[name=csrfmiddlewaretoken]").value,
    };
    for (const [name, value] of item.fields) {
      fields.append(name, value);
    }
    // Whoever does it all the same has read in the panel what is newer than the page.
    const said = Number(fields.get("revision") || 0);
    for (const [name, value] of Object.entries(common)) {
      fields.set(name, value);
    }
    fields.set("revision", Math.max(said, Number(sheet.dataset.revision)));
    if (!fields.has("was")) {
      for (const name of item.names) {
        const was = item.was?.get(name) ?? item.found.get(name) ?? calendar.content(calendar.cell(name));
        fields.append("was", `${name}=${was}`);
      }
    }
    return fields;
  }

  function asObject(fields) {
    return Object.fromEntries([...new Set(fields.keys())].map((name) => [name, fields.getAll(name)]));
  }

  function next() {
    const item = waiting[0];
    if (!item) {
      return;
    }
    sheet.setAttribute("aria-busy", "true");
    // The next one is sent when htmx is done with this one: what is asked for within its events waits in a queue of
    // its own, which keeps the last one only.
    let answer = null;
    const onAnswer = (event) => {
      if (event.target === sheet) {
        answer = event.detail.xhr;
      }
    };
    sheet.addEventListener("htmx:afterRequest", onAnswer);
    window.htmx
      .ajax("POST", item.url, { source: sheet, target: "#panel", swap: "none", values: asObject(values(item)) })
      .catch(() => {})
      .then(() => {
        sheet.removeEventListener("htmx:afterRequest", onAnswer);
        finish(item, answer);
      });
  }

  function finish(item, xhr) {
    const status = xhr?.status || 0;
    const isPatch = status === 200 && /calendar:edited/.test(xhr.getResponseHeader("HX-Trigger") || "");
    if (waiting[0] === item) {
      if (status !== 200 && status !== 409 && status !== 422) {
        takeAllBack(); // nothing was swapped, so beforeSwap has not done it
      }
      waiting.shift();
    }
    waiting.forEach(show);
    sheet.removeAttribute("aria-busy");
    document.dispatchEvent(new Event("calendar:patched"));
    if (isPatch) {
      calendar.told({ undo: !item.isTurn && Boolean(turnForm("undo")) });
    } else if (status === 409 || status === 422) {
      calendar.refuse(item, xhr.responseText);
      calendar.lookAgain?.();
    } else if (status === 200 && xhr.getResponseHeader("HX-Redirect")) {
      waiting.length = 0; // the session has ended: the page is left, and nothing more could be sent
    } else if (status === 200) {
      calendar.lookAgain?.(); // done by a page that does not know of patches
    } else {
      const said = status === 503 && (xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain") && xhr.responseText;
      calendar.notice(said ? `The change was taken back. ${said}` : "The change did not reach the server, and was taken back. Try it again.", { kind: "error" });
    }
    next();
  }

  // verb and fields as the server knows them; names: the cells that `was` is told of; paints: what to show meanwhile.
  calendar.send = (verb, fields, { names = [], paints = [], was = null, url = sheet.dataset.edit, isTurn = false } = {}) => {
    if (names.length > MOST) {
      calendar.notice(`At most ${MOST.toLocaleString("en")} cells at once: these are ${names.length.toLocaleString("en")}. Choose fewer.`, { kind: "error" });
      return;
    }
    const item = { verb, url, names, paints, was, isTurn, fields: verb ? [["verb", verb], ...fields] : fields };
    calendar.keepFocus(() => show(item));
    waiting.push(item);
    if (waiting.length === 1) {
      next();
    }
  };

  calendar.set = (cells) => {
    const changed = cells.filter(([name, content]) => content !== calendar.content(calendar.cell(name)));
    if (changed.length) {
      const fields = changed.map(([name, content]) => ["cell", `${name}=${content}`]);
      calendar.send("set", fields, { names: changed.map(([name]) => name), paints: changed });
    }
    return changed.length;
  };

  function turnForm(way) {
    return document.querySelector(`#turns form[action$="/${way}/"]`);
  }

  calendar.turn = (way) => {
    const form = turnForm(way);
    if (form) {
      calendar.send("", [], { url: form.getAttribute("action"), isTurn: true });
    } else if (!waiting.length) {
      calendar.notice(way === "undo" ? "You have nothing to undo in this version." : "You have nothing to do again in this version.");
    } else {
      calendar.send("", [], { url: sheet.dataset.edit.replace(/[^/]+\/$/, `${way}/`), isTurn: true });
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("#turns form");
    if (form) {
      event.preventDefault();
      event.stopPropagation();
      calendar.turn(form.getAttribute("action").endsWith("/redo/") ? "redo" : "undo");
    }
  }, true);

  // A focused cell that is replaced gives its focus to the cell that comes in its place.
  calendar.keepFocus = (change) => {
    const td = calendar.focused();
    const name = td && calendar.name(td);
    change();
    if (name && !calendar.focused()) {
      calendar.focus(name);
    }
  };

  let held = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const td = calendar.focused();
    held = td && calendar.name(td);
    if (event.detail.requestConfig.elt !== sheet) {
      return;
    }
    takeAllBack();
    if (event.detail.xhr.status === 409 || event.detail.xhr.status === 422) {
      event.detail.shouldSwap = false; // shown by calendar.refuse, at its cell
    }
  });
  document.addEventListener("htmx:oobAfterSwap", () => {
    if (held && !calendar.focused() && (document.activeElement === document.body || !document.activeElement)) {
      calendar.focus(held);
    }
  });

  // What differs from what was shown flashes once.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    const now = target.matches("td") ? fragment.querySelector?.("td") : null;
    // Marks of broken rules come with the list of problems, not with the cell.
    const words = (td) => td.textContent.replace(td.querySelector(".breaks")?.textContent || "", "") + (td.querySelector("a")?.dataset.was || "");
    if (now && words(now) !== words(target)) {
      now.classList.add("flash");
      setTimeout(() => now.classList.remove("flash"), 1500);
    }
  });

  document.addEventListener("calendar:edited", (event) => {
    if (event.detail.revision !== undefined) {
      sheet.dataset.revision = event.detail.revision;
    }
  });
})();
