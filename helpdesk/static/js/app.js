// Small comforts on top of pages that work without them. Every text comes from the markup, where it is translated.
(() => {
  const all = (selector) => document.querySelectorAll(selector);

  const announce = (text) => {
    const region = document.querySelector("[data-announcer]");
    region.textContent = "";
    requestAnimationFrame(() => { region.textContent = text; });
  };

  // Dialogs: the opener is a link to a page that does the same.
  const openDialog = (event, opener) => {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog?.showModal || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    dialog.showModal();
  };

  const closeDialog = (event, closer) => {
    const dialog = closer.closest("dialog");
    if (!dialog) return;
    event.preventDefault();
    dialog.close();
  };

  // navigator.clipboard is missing on plain http, where a small shop may well run.
  const copyText = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "visually-hidden";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    if (!done) throw new Error("copy refused");
  };

  const copy = async (event, button) => {
    await copyText(button.dataset.copy);
    button.focus();
    announce(button.dataset.copied);
    const label = button.querySelector("[data-copy-label]");
    button.dataset.label ??= label.textContent;
    label.textContent = button.dataset.copied;
    setTimeout(() => { label.textContent = button.dataset.label; }, 2000);
  };

  const clicks = {
    "[data-dialog]": openDialog,
    "[data-dialog-close]": closeDialog,
    "[data-copy]": copy,
    "[data-print]": () => window.print(),
    "[data-reload]": () => location.reload(),
  };

  document.addEventListener("click", (event) => {
    for (const [selector, act] of Object.entries(clicks)) {
      const target = event.target.closest(selector);
      if (target) act(event, target);
    }
    for (const menu of all("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === " " && event.target.matches("a[role=button]")) {
      event.preventDefault();
      event.target.click();
    }
    if (event.key !== "Escape") return;
    for (const menu of all("details[data-menu][open]")) {
      menu.open = false;
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    }
  });

  document.addEventListener("focusout", (event) => {
    const menu = event.target.closest("details[data-menu]");
    const to = event.relatedTarget;
    // A press on a menu's own text moves the focus to whatever holds the menu; that is no reason to close it.
    if (menu && to && !menu.contains(to) && !to.contains(menu)) menu.open = false;
  });

  // An address says what was asked for, and nothing else.
  const leaveOutEmpty = (form) => {
    const empty = [...form.elements].filter((field) => field.name && field.value === "" && !field.disabled);
    for (const field of empty) field.disabled = true;
    setTimeout(() => { for (const field of empty) field.disabled = false; });
  };

  // A second click must not send a form twice. The button is switched off after the browser has read its value.
  const lock = (form, locked) => {
    if (locked) form.dataset.sent = "1"; else delete form.dataset.sent;
    for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = locked;
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") { leaveOutEmpty(form); return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => lock(form, true));
    // The answer to a download is a file: the page stays, and its form must serve again.
    if ("download" in form.dataset) {
      form.closest("details")?.removeAttribute("open");
      setTimeout(() => lock(form, false), 2000);
    }
  });

  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => lock(form, false)));

  // Counts as the server does: code points, a line break is one.
  const length = (text) => [...text.replace(/\r\n/g, "\n")].length;

  const startCounter = (counter) => {
    const field = document.getElementById(counter.dataset.counter);
    const max = Number(counter.dataset.max);
    const shown = counter.querySelector("[data-counter-text]");
    const spoken = counter.querySelector("[data-counter-status]");
    const number = new Intl.NumberFormat("en");
    let pause;
    const count = () => {
      const left = max - length(field.value);
      shown.textContent = `\u2066${number.format(max - left)} / ${number.format(max)}\u2069`;
      counter.classList.toggle("is-over", left < 0);
      clearTimeout(pause);
      if (left > max / 10) { spoken.textContent = ""; return; }
      const text = left < 0 ? counter.dataset.over : counter.dataset.left;
      pause = setTimeout(() => { spoken.textContent = text.replace("{n}", number.format(Math.abs(left))); }, 1000);
    };
    field.addEventListener("input", count);
    if (field.value) count();
  };

  const startWait = (button) => {
    const text = button.parentElement.querySelector("[data-wait-text]");
    const end = Date.now() + Number(button.dataset.wait) * 1000;
    const tick = () => {
      const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      button.disabled = left > 0;
      text.hidden = left === 0;
      text.textContent = text.dataset.waitText.replace("{time}", `\u2066${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}\u2069`);
      if (left > 0) setTimeout(tick, 1000);
    };
    tick();
  };

  // A text that was typed and not sent survives leaving the page, in this tab.
  const keep = (field) => {
    const name = `kept:${field.dataset.keep}`;
    if (!field.value && !document.querySelector("[data-error-summary]")) field.value = sessionStorage.getItem(name) || "";
    field.addEventListener("input", () => sessionStorage.setItem(name, field.value));
    field.form.addEventListener("submit", () => sessionStorage.removeItem(name));
  };

  const start = (root) => {
    root.querySelectorAll("[data-keep]").forEach(keep);
    root.querySelectorAll("[data-counter]").forEach(startCounter);
    root.querySelectorAll("[data-wait]").forEach(startWait);
    root.querySelector("[data-error-summary]")?.focus();
  };

  start(document);
  // What stands in a live region from the start is not read out.
  const told = document.querySelector(".flashes")?.textContent.trim();
  if (told) announce(told);
  document.addEventListener("fragment", (event) => start(event.target));
})();
