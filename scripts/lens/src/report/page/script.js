// The page works without this: it shows what a span is, and keeps a flame graph as a file.
"use strict";
(() => {
  const panel = document.getElementById("panel");
  const [heading, sentence, list] = ["h2", "p", "dl"].map((name) => panel.querySelector(name));
  const spans = [...document.querySelectorAll(".lens .span[tabindex]")];
  let current = null;
  let isHeld = false;

  const duration = (us) =>
    us < 1000 ? `${us} µs` : us < 1e6 ? `${+(us / 1e3).toPrecision(4)} ms` : `${+(us / 1e6).toPrecision(4)} s`;

  const facts = ({ call, durationUs, bytes, source, atUs }) => [
    ["Call", call],
    ["Took", durationUs && duration(+durationUs)],
    ["Bytes", bytes && bytes !== "0" && bytes],
    ["At", atUs && `${duration(+atUs)} after it was sent`],
    ["Noted by", source],
  ];

  const show = (span) => {
    const label = span.getAttribute("aria-label");
    const cut = label.indexOf(": ");
    heading.textContent = label.slice(0, cut);
    sentence.textContent = label.slice(cut + 2);
    list.replaceChildren(
      ...facts(span.dataset).filter(([, value]) => value).flatMap(([name, value]) => {
        const [term, text] = [document.createElement("dt"), document.createElement("dd")];
        term.textContent = name;
        text.textContent = value;
        return [term, text];
      }),
    );
    current?.classList.remove("is-current");
    current = span;
    span.classList.add("is-current");
    panel.hidden = false;
  };

  const close = () => {
    isHeld = false;
    panel.hidden = true;
    current?.classList.remove("is-current");
    current = null;
  };

  for (const [place, span] of spans.entries()) {
    // The panel says what the browser's own hint would say, and at once.
    span.querySelector(":scope > title")?.remove();
    span.addEventListener("pointerenter", () => isHeld || show(span));
    span.addEventListener("pointerleave", () => isHeld || close());
    span.addEventListener("focus", () => { isHeld = true; show(span); });
    span.addEventListener("blur", close);
    span.addEventListener("click", () => { span.focus(); isHeld = true; show(span); });
    span.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const next = step && spans[place + step];
      if (next) {
        event.preventDefault();
        next.focus();
      }
    });
  }
  // A press on the panel must not take the focus from the span, or the panel would go before the click.
  panel.addEventListener("pointerdown", (event) => event.preventDefault());
  panel.querySelector("button").addEventListener("click", close);
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());

  for (const button of document.querySelectorAll(".keep")) {
    button.addEventListener("click", () => {
      const link = document.createElement("a");
      link.href = button.closest("details").querySelector("img").src;
      link.download = button.dataset.file;
      link.click();
    });
  }

  // On paper nothing can be opened.
  let shut = [];
  addEventListener("beforeprint", () => {
    shut = [...document.querySelectorAll("details:not([open])")];
    for (const details of shut) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of shut) details.open = false;
  });
})();
