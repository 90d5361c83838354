// What scripts add to a panel: carrying its cell elsewhere, and a filter above its choices.
(function () {
  "use strict";
  const calendar = window.calendar;
  const panel = document.getElementById("panel");
  if (!calendar || !panel) {
    return;
  }

  calendar.panelTools = (name) => {
    const group = Object.assign(document.createElement("div"), { className: "carry-tools" });
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Carry elsewhere");
    for (const [verb, label] of [["move", "Move…"], ["swap", "Swap…"], ["push", "Push…"]]) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
      button.addEventListener("click", () => {
        calendar.closePanel();
        calendar.carry(name, verb);
      });
      group.append(button);
    }
    (panel.querySelector("footer") || panel).prepend(group);
  };

  // A field above a list that hides what does not begin with the letters in it; `after` is called when it has.
  calendar.panelFilter = (list, typed, after) => {
    const label = Object.assign(document.createElement("label"), { className: "filter" });
    const input = Object.assign(document.createElement("input"), { type: "search", value: typed, placeholder: "Filter" });
    input.setAttribute("aria-label", "Filter the choices");
    const apply = () => {
      const wanted = input.value.trim().toLowerCase();
      for (const line of panel.querySelectorAll("details:not(.partners) .choices > li, form > .choices > li")) {
        const [code, name] = [".chip", ".chip + *"].map((part) => line.querySelector(part)?.firstChild?.textContent.trim().toLowerCase() || "");
        line.hidden = !code.startsWith(wanted) && !name.includes(wanted);
        const folded = line.closest("details");
        if (folded && wanted && !line.hidden) {
          folded.open = true;
        }
      }
    };
    input.addEventListener("input", () => {
      apply();
      after();
    });
    label.append(input);
    list.before(label);
    apply();
  };
})();
