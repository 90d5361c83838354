// What others change appears within seconds: asks for what changed since the revision shown, while somebody looks.
(function () {
  "use strict";
  const calendar = window.calendar;
  if (!calendar?.sheet.dataset.since) {
    return;
  }
  const { sheet } = calendar;
  const EVERY = 3000;
  const LONGEST = 60_000;
  const source = document.createElement("div"); // htmx lets an element have one request at a time: this is ours
  source.hidden = true;
  sheet.after(source);
  let wait = EVERY;
  let timer = 0;
  let isAsking = false;
  let asked = ""; // the revision that the answer on its way starts from

  function later(ms = wait) {
    clearTimeout(timer);
    if (!document.hidden && navigator.onLine) {
      timer = setTimeout(ask, ms);
    }
  }

  async function ask() {
    if (isAsking) {
      return;
    }
    if (calendar.isSending() || calendar.isBusy()) {
      later(400); // an answer on its way brings the others' changes too; what is carried needs its cell
      return;
    }
    isAsking = true;
    const { since, revision, month = "", state = "" } = sheet.dataset;
    const query = new URLSearchParams({ month, state });
    let status = 0;
    asked = revision;
    const note = (event) => {
      status = event.detail.xhr.status;
    };
    source.addEventListener("htmx:afterRequest", note, { once: true });
    await window.htmx.ajax("GET", `${since}${revision}/?${query}`, { source, target: source, swap: "none" }).catch(() => {});
    source.removeEventListener("htmx:afterRequest", note);
    isAsking = false;
    wait = status === 200 || status === 204 ? EVERY : Math.min(LONGEST, wait * 2);
    if (status === 200) {
      calendar.told();
      document.dispatchEvent(new Event("calendar:patched"));
    }
    later();
  }

  // An answer that was asked for before an own change was made tells of what is no longer so.
  source.addEventListener("htmx:beforeSwap", (event) => {
    if (calendar.isSending()) {
      event.detail.shouldSwap = false;
      sheet.dataset.revision = asked;
    }
  });

  calendar.lookAgain = () => {
    wait = EVERY;
    later(0);
  };
  for (const [target, kind] of [[document, "visibilitychange"], [window, "focus"], [window, "online"]]) {
    target.addEventListener(kind, () => (document.hidden ? clearTimeout(timer) : calendar.lookAgain()));
  }
  later();
})();
