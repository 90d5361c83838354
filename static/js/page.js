// What every page shares: menus that close, notices that go, filters that apply at once, printing, a focus that stays.
(function () {
  "use strict";

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") {
      return;
    }
    const open = document.querySelector("details.menu[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) {
        menu.open = false;
      }
    }
    if (event.target.closest("[data-print]")) {
      window.print();
    }
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-filters]");
    if (form) {
      form.requestSubmit();
    }
  });

  // An empty field would only make the address longer.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-filters]")) {
      for (const field of event.target.elements) {
        field.disabled = field.name !== "" && field.value === "";
      }
    }
  });

  // After going back, the fields that were left out are there again.
  window.addEventListener("pageshow", () => {
    for (const field of document.querySelectorAll("form[data-filters] :disabled")) {
      field.disabled = false;
    }
  });

  // An answer that is none, such as while the database is away, says so where messages stand; a calendar's changes say
  // it themselves.
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr, requestConfig } = event.detail;
    const notices = document.querySelector(".notices");
    if (!notices || xhr.status < 429 || requestConfig?.elt?.matches?.(".sheet")) {
      return;
    }
    const said = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain") && xhr.responseText;
    const words = said || "Something went wrong. Nothing that you did not see confirmed was saved. Try again in a minute.";
    notices.replaceChildren(Object.assign(document.createElement("p"), { className: "notice error", textContent: words }));
  });

  // A part of the page that an answer replaces may hold the focus: it goes to the same link in what comes instead, or else
  // to what stands at its place, lest the next key start from the top. A calendar's cells look after themselves.
  const STOPS = "a[href], button, input:not([type=hidden]), select, summary, textarea";
  let held = null; // {id, index, href}

  function stops(part) {
    return [...part.querySelectorAll(STOPS)].filter((stop) => stop.checkVisibility());
  }

  function hold(event) {
    const part = event.detail.target;
    const focused = document.activeElement;
    if (part.id && part.contains(focused) && !part.closest("[data-calendar]")) {
      held = { id: part.id, index: stops(part).indexOf(focused), href: focused.getAttribute("href") };
    }
  }

  function giveBack() {
    const part = held && document.getElementById(held.id);
    if (part && document.activeElement === document.body) {
      const all = stops(part);
      const same = held.href && all.find((stop) => stop.getAttribute("href") === held.href);
      (same || all[Math.max(0, Math.min(held.index, all.length - 1))])?.focus({ preventScroll: true });
      held = null;
    }
  }

  // An answer may bring several parts: those swapped out of band come first, and their events in between.
  document.addEventListener("htmx:beforeSwap", (event) => {
    held = null;
    hold(event);
  });
  document.addEventListener("htmx:oobBeforeSwap", hold);
  document.addEventListener("htmx:oobAfterSwap", giveBack);
  document.addEventListener("htmx:afterSwap", giveBack);

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
  }

  for (const notice of document.querySelectorAll(".notice:not(.error)")) {
    setTimeout(() => notice.remove(), 6000);
  }
})();
