// On every page: g and then a letter goes to another page, ? shows which keys there are.
(() => {
  let waiting = false;
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    if (waiting) {
      waiting = false;
      const link = document.querySelector(`nav a[data-key="${CSS.escape(event.key)}"]`);
      if (link) { event.preventDefault(); event.stopImmediatePropagation(); location.assign(link.href); }
      return;
    }
    waiting = event.key === "g";
    if (waiting) { event.stopImmediatePropagation(); setTimeout(() => { waiting = false; }, 1500); }
  }, true);
})();
