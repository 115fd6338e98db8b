// What is wrong with the page as it is laid out now; each fault a sentence. `wanted` says language and direction.
(wanted) => {
  const faults = { structure: [], targets: [], width: [] };
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const name = (element) => {
    const classes = [...element.classList].map((one) => `.${one}`).join("");
    const text = (element.getAttribute("aria-label") || element.textContent || "").trim().replace(/\s+/g, " ");
    return `<${element.localName}${classes}${element.name ? ` name=${element.name}` : ""}> ${JSON.stringify(text.slice(0, 40))}`;
  };
  const root = document.documentElement;

  if (root.lang !== wanted.lang || root.dir !== wanted.dir) faults.structure.push(`lang=${root.lang} dir=${root.dir}`);
  if (!document.title.trim()) faults.structure.push("no title");
  const headings = [...document.querySelectorAll("h1")].filter((one) => shown(one) && !one.closest("dialog"));
  if (headings.length !== 1) faults.structure.push(`${headings.length} visible h1`);
  const reachable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const inOrder = [...document.querySelectorAll(reachable)].filter((one) => one.tabIndex >= 0 && !one.disabled);
  if (inOrder.some((one) => one.tabIndex > 0)) faults.structure.push("a positive tabindex changes the order of Tab");
  const first = inOrder.find((one) => one.checkVisibility());
  if (first?.getAttribute("href") !== "#main") faults.structure.push(`Tab goes first to ${first && name(first)}, not to the skip link`);
  if (!document.getElementById("main")) faults.structure.push("the skip link leads nowhere");

  const room = (element) => {
    const box = element.getBoundingClientRect();
    let { left, right, top, bottom } = box;
    for (const label of element.labels || []) {
      const more = label.getBoundingClientRect();
      left = Math.min(left, more.left); right = Math.max(right, more.right);
      top = Math.min(top, more.top); bottom = Math.max(bottom, more.bottom);
    }
    return { left, right, width: right - left, height: bottom - top, bottom };
  };
  const inSentence = (element) => {
    if (element.localName !== "a" || getComputedStyle(element).display !== "inline") return false;
    let block = element.parentElement;
    while (getComputedStyle(block).display.startsWith("inline")) block = block.parentElement;
    return block.textContent.trim().length > element.textContent.trim().length;
  };
  const dialog = document.querySelector("dialog[open]");
  for (const one of (dialog || document).querySelectorAll(`${reachable}, [role=button]`)) {
    if (!shown(one) || one.tabIndex < 0 || one.disabled || inSentence(one)) continue;
    const { width, height, bottom, right } = room(one);
    const elsewhere = right <= 0 || bottom + scrollY <= 0 || (width <= 1 && height <= 1);
    if (!elsewhere && (width < 23.99 || height < 23.99)) {
      faults.targets.push(`${name(one)} is ${width.toFixed(1)} × ${height.toFixed(1)}`);
    }
  }

  const wide = document.scrollingElement.scrollWidth;
  if (wide > innerWidth) {
    const scrolls = (element) => element && element !== root && element !== document.body
      && (/auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    const out = [...document.body.querySelectorAll("*")].filter((one) => {
      const box = one.getBoundingClientRect();
      return shown(one) && (box.right > innerWidth + 0.5 || box.left < -0.5) && !scrolls(one.parentElement);
    });
    faults.width.push(`${wide} px wide at ${innerWidth}: ${out.slice(-3).map(name).join(", ")}`);
  }
  return faults;
}
