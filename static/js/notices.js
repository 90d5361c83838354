// What was done, as a notice at the foot of the page: gone after six seconds, with Undo where there is one.
(function () {
  "use strict";
  const calendar = window.calendar;
  if (!calendar) {
    return;
  }
  const SECONDS = 6;
  const box = document.createElement("div");
  box.className = "notices told"; // not a live region: #said is read out already
  document.getElementById("main").append(box);

  calendar.notice = (words, { kind = "", undo = false } = {}) => {
    const notice = document.createElement("p");
    notice.className = `notice ${kind}`;
    notice.append(Object.assign(document.createElement("span"), { textContent: words }));
    if (undo) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Undo" });
      button.addEventListener("click", () => {
        notice.remove();
        calendar.turn("undo");
      });
      notice.append(button);
    }
    box.replaceChildren(notice); // the newest only: Ctrl+Z goes further back
    const isHeld = () => notice.matches(":hover") || notice.contains(document.activeElement);
    const go = () => (isHeld() ? setTimeout(go, 1000) : notice.remove());
    setTimeout(go, SECONDS * 1000);
  };

  calendar.told = (options) => {
    const said = document.getElementById("said");
    const words = (said?.querySelector("[data-words]") || said)?.textContent.replace(/\s+/g, " ").trim().replace(/\s*Undo\.?$/, "");
    if (words) {
      calendar.notice(words, options);
    }
  };
})();
