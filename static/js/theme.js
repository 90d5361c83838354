// Light, dark, or as the system has it. Runs before the page is drawn, so that nothing flashes.
(function () {
  "use strict";
  const root = document.documentElement;

  function chosen() {
    try {
      return localStorage.getItem("theme") || "system";
    } catch {
      return "system"; // storage is switched off: the system decides
    }
  }

  function apply(theme) {
    if (theme === "light" || theme === "dark") {
      root.dataset.theme = theme;
    } else {
      delete root.dataset.theme;
    }
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
    }
  }

  root.classList.add("scripted");
  apply(chosen());
  document.addEventListener("DOMContentLoaded", () => {
    for (const group of document.querySelectorAll("[data-theme-switch]")) {
      group.hidden = false;
      group.addEventListener("click", (event) => {
        const button = event.target.closest("[data-theme-choice]");
        if (!button) {
          return;
        }
        try {
          localStorage.setItem("theme", button.dataset.themeChoice);
        } catch {
          // not kept, but shown until the next page
        }
        apply(button.dataset.themeChoice);
      });
    }
    apply(chosen());
  });
})();
