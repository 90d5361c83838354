// Drag and drop by mouse and touch. A press on a free cell and a pull chooses a range; a long press on touch picks up.
(function () {
  "use strict";
  const calendar = window.calendar;
  if (!calendar) {
    return;
  }
  const { sheet } = calendar;
  const FAR = 5; // pixels from which on a press of the mouse is a drag
  const SHAKY = 10; // and a touch is a scroll
  const LONG = 250; // ms of a long press
  const EDGE = 40; // pixels at the edge of the sheet that scroll it
  let press = null; // {td, name, x, y, touch, timer, mode: "" | "held" | "drag" | "range"}
  let ghost = null;
  let at = [0, 0];

  const verbOf = (event) => (event.altKey ? "swap" : event.shiftKey ? "push" : "move");
  const below = (x, y) => calendar.at(document.elementFromPoint(x, y));

  function begin(event) {
    if (!calendar.content(press.td)) {
      press.mode = "range";
      calendar.choose(press.name, press.name, { touch: press.touch });
      return;
    }
    press.mode = "drag";
    calendar.closePanel();
    calendar.carry(press.name, press.touch ? "move" : verbOf(event), { pointer: [press.x, press.y], touch: press.touch });
    ghost = press.td.querySelector(".chip, .pair").cloneNode(true);
    ghost.classList.add("ghost");
    ghost.setAttribute("aria-hidden", "true");
    ghost.style.width = `${press.td.clientWidth - 4}px`;
    document.body.append(ghost);
    requestAnimationFrame(scroll);
  }

  function over(x, y) {
    at = [x, y];
    const td = below(x, y);
    if (press.mode === "range" && td) {
      calendar.choose(press.name, calendar.name(td), { touch: press.touch });
    } else if (press.mode === "drag") {
      ghost.style.transform = `translate(${x}px, ${y}px)`;
      calendar.carryOver(td && calendar.name(td), at);
    }
  }

  // At the edges of the sheet, and of the screen where the page scrolls instead, what lies further on comes.
  function scroll() {
    if (!press || (press.mode !== "drag" && press.mode !== "range")) {
      return;
    }
    const box = sheet.getBoundingClientRect();
    const names = sheet.querySelector("col.names").getBoundingClientRect().width || 0;
    const near = (place, low, high) => (place < low + EDGE ? place - low - EDGE : place > high - EDGE ? place - high + EDGE : 0) / 4;
    const left = near(at[0], box.left + names, Math.min(box.right, window.innerWidth));
    const down = near(at[1], Math.max(box.top + 42, 0), Math.min(box.bottom, window.innerHeight));
    const isInside = at[0] > box.left - EDGE && at[0] < box.right + EDGE;
    if (isInside && (left || down)) {
      const [x, y] = [sheet.scrollLeft, sheet.scrollTop];
      sheet.scrollBy({ left, top: down, behavior: "instant" });
      if (down && sheet.scrollTop === y && sheet.scrollHeight <= sheet.clientHeight + 1) {
        window.scrollBy({ top: down, behavior: "instant" });
      }
      if (sheet.scrollLeft !== x || sheet.scrollTop !== y) {
        over(...at);
      }
    }
    requestAnimationFrame(scroll);
  }

  function end() {
    clearTimeout(press?.timer);
    ghost?.remove();
    ghost = press = null;
  }

  // The click that ends a drag is none; where the browser sends none, the next one is real again.
  function swallowClick() {
    const swallow = (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    window.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 50);
  }

  sheet.addEventListener("pointerdown", (event) => {
    const td = calendar.at(event.target);
    if (!td || event.button || !event.isPrimary || calendar.isBusy() || event.ctrlKey || event.metaKey) {
      return;
    }
    const touch = event.pointerType === "touch";
    press = { td, name: calendar.name(td), x: event.clientX, y: event.clientY, touch, mode: "", timer: 0 };
    if (touch) {
      press.timer = setTimeout(() => {
        press.mode = "held";
        navigator.vibrate?.(10);
        calendar.cell(press.name)?.classList.add("held");
      }, LONG);
    }
  });

  window.addEventListener("pointermove", (event) => {
    if (!press || !event.isPrimary) {
      return;
    }
    const far = Math.hypot(event.clientX - press.x, event.clientY - press.y);
    if (press.touch && !press.mode && far > SHAKY) {
      end(); // a scroll
      return;
    }
    if ((press.mode === "held" && far > FAR) || (!press.touch && !press.mode && far > FAR)) {
      sheet.querySelector(".held")?.classList.remove("held");
      begin(event);
    }
    if (press.mode === "drag" || press.mode === "range") {
      if (press.mode === "drag" && !calendar.isBusy()) {
        end(); // Escape
        swallowClick();
        return;
      }
      if (!press.touch) {
        calendar.carryVerb(verbOf(event));
      }
      over(event.clientX, event.clientY);
    }
  });

  window.addEventListener("pointerup", (event) => {
    if (!press || !event.isPrimary) {
      return;
    }
    const { mode, name, touch } = press;
    sheet.querySelector(".held")?.classList.remove("held");
    const td = below(event.clientX, event.clientY);
    end();
    if (mode) {
      swallowClick();
    }
    if (mode === "held") {
      calendar.choose(name, name, { touch: true });
      calendar.focus(name);
    } else if (mode === "range") {
      calendar.focus(name);
    } else if (mode === "drag" && calendar.isBusy()) {
      calendar.dropAt(td && calendar.name(td), touch ? undefined : verbOf(event));
    }
  });

  window.addEventListener("pointercancel", () => {
    if (press?.mode === "drag") {
      calendar.letGo();
    }
    end();
  });
  for (const kind of ["keydown", "keyup"]) {
    window.addEventListener(kind, (event) => {
      if (press?.mode === "drag" && (event.key === "Alt" || event.key === "Shift")) {
        event.preventDefault(); // Alt alone would open the browser's menu
        calendar.carryVerb(verbOf(event));
      } else if (press?.mode === "drag" && event.key === "Escape") {
        end();
      }
    }, true);
  }

  // Only a long press takes the finger from scrolling, and the browser's own menu and dragging of links stay away.
  sheet.addEventListener("touchmove", (event) => press?.mode && event.cancelable && event.preventDefault(), { passive: false });
  sheet.addEventListener("contextmenu", (event) => press?.touch && event.preventDefault());
  sheet.addEventListener("dragstart", (event) => calendar.at(event.target) && event.preventDefault());
})();
