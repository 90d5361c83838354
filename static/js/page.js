// What every page shares: menus that close, notices that go, filters that apply at once, printing.
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

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
  }

  for (const notice of document.querySelectorAll(".notice:not(.error)")) {
    setTimeout(() => notice.remove(), 6000);
  }
})();
