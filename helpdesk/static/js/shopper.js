// A shopper's comforts: drafts kept on this device, hints, and the warning before a complaint locks.
// The pages work without them. Every text comes from the markup, where it is translated.
(() => {
  const DAY = 24 * 60 * 60 * 1000;
  const WARNING = 5 * 60 * 1000;
  const DRAFT = "draft:";
  const TYPED = "input:is([type=text], [type=email], [type=tel], [type=radio]), textarea, select";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);

  const announce = (text) => {
    const region = one("[data-announcer]");
    region.textContent = "";
    requestAnimationFrame(() => { region.textContent = text; });
  };

  // A browser may refuse to keep anything; then nothing is kept, and nothing else is lost.
  const attempt = (act) => { try { return act(); } catch { return null; } };
  const drop = (name) => attempt(() => localStorage.removeItem(DRAFT + name));
  const names = () => (attempt(() => Object.keys(localStorage)) || [])
    .filter((key) => key.startsWith(DRAFT)).map((key) => key.slice(DRAFT.length));
  const write = (name, kept) => attempt(() => localStorage.setItem(DRAFT + name, JSON.stringify({ ...kept, at: Date.now() })));
  const read = (name) => {
    const kept = attempt(() => JSON.parse(localStorage.getItem(DRAFT + name)));
    return kept && Date.now() - kept.at < DAY ? kept : null;
  };

  // Drafts. `sent` is what was sent last when they were begun: once something else was, they have been sent as well.

  const fieldsOf = (form) => all(TYPED, form).filter((field) => field.name && !field.closest("[data-files]"));

  const valuesOf = (form) => Object.fromEntries(fieldsOf(form)
    .filter((field) => field.value && (field.type !== "radio" || field.checked))
    .map((field) => [field.name, field.value]));

  // Not bubbling: counters and hints listen at the field itself, and the draft has just been read.
  const tell = (field) => ["input", "change"].forEach((name) => field.dispatchEvent(new Event(name)));

  const put = (form, values) => {
    for (const field of fieldsOf(form)) {
      const value = values[field.name];
      if (value === undefined) continue;
      if (field.type !== "radio") field.value ||= value;
      else if (field.value === value && !all(`[name="${field.name}"]:checked`, form).length) field.checked = true;
      tell(field);
    }
  };

  const settle = (name, sent) => {
    const kept = read(name);
    if (!kept || (sent && kept.sent !== sent)) drop(name);
  };

  const discard = (form, tools, button) => {
    drop(form.dataset.draft);
    form.reset();
    const refused = one("[data-error-summary]");
    for (const field of fieldsOf(form)) {
      // A refused form came back with what was typed as its own values.
      if (refused && field.type === "radio") field.checked = false;
      else if (refused) field.value = "";
      tell(field);
    }
    tools.hidden = true;
    announce(button.dataset.draftDiscard);
    fieldsOf(form)[0].focus();
  };

  const startDraft = (form) => {
    const { draft: name, draftSent: sent } = form.dataset;
    const tools = one("[data-draft-tools]", form);
    settle(name, sent);
    const kept = read(name);
    if (kept && !one("[data-error-summary]")) put(form, kept.values);
    tools.hidden = !kept;
    const save = () => {
      const values = valuesOf(form);
      const begun = Object.keys(values).length > 0;
      if (begun) write(name, { values, sent }); else drop(name);
      tools.hidden = !begun;
    };
    form.addEventListener("input", save);
    form.addEventListener("change", save);
    const button = one("[data-draft-discard]", tools);
    button.addEventListener("click", () => discard(form, tools, button));
  };

  names().filter((name) => !read(name)).forEach(drop);
  all("form[data-draft]").forEach(startDraft);
  all("[data-draft-done]").forEach(({ dataset }) => settle(dataset.draftDone, dataset.draftSent));

  document.addEventListener("submit", (event) => {
    if (one("[data-forget-drafts]", event.target)) names().forEach(drop);
  });

  // Closing does not send what stands in the reply's box; the alert says so.
  document.addEventListener("click", (event) => {
    const dialog = document.getElementById(event.target.closest("[data-dialog]")?.dataset.dialog);
    const note = dialog && one("[data-unsent]", dialog);
    if (!note) return;
    note.hidden = !document.getElementById(note.dataset.unsent)?.value.trim();
    dialog.setAttribute("aria-describedby", note.hidden ? "close-text" : `close-text ${note.id}`);
  });

  // Hints: of the chosen type alone.
  const startHints = (box) => {
    const choice = document.getElementById(box.dataset.hints);
    const show = () => {
      const hints = all("[data-hint-for]", box);
      for (const hint of hints) hint.hidden = hint.dataset.hintFor !== choice.value;
      box.hidden = hints.every((hint) => hint.hidden);
    };
    choice.addEventListener("change", show);
    show();
  };

  all("[data-hints]").forEach(startHints);

  // The warning, five minutes before the complaint locks. Other tabs of the store hear when one of them stayed.
  const startStay = (box) => {
    const form = one("form", box);
    const left = one("[data-stay-left]", box);
    const shared = box.dataset.stayLocks;
    let end, timers = [], before;

    const hide = () => {
      if (box.contains(document.activeElement)) before?.focus();
      box.hidden = true;
    };

    const count = () => {
      const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    };

    const warn = () => {
      before = document.activeElement;
      box.hidden = false;
      announce(one("[data-stay-text]", box).textContent);
      count();
      timers.push(setInterval(count, 1000));
    };

    const begin = (moment) => {
      timers.forEach(clearTimeout);
      end = moment;
      hide();
      timers = [
        setTimeout(warn, Math.max(0, end - WARNING - Date.now())),
        setTimeout(() => location.reload(), Math.max(0, end - Date.now()) + 1000),
      ];
    };

    const stay = (seconds) => {
      begin(Date.now() + seconds * 1000);
      attempt(() => localStorage.setItem(shared, end));
    };

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
      const { seconds } = answer?.ok ? await answer.json() : { seconds: 0 };
      if (!seconds) { location.reload(); return; }
      delete form.dataset.sent;
      one("button", form).disabled = false;
      stay(seconds);
    });

    window.addEventListener("storage", (event) => { if (event.key === shared && event.newValue) begin(Number(event.newValue)); });
    stay(Number(box.dataset.stay));
  };

  all("[data-stay]").forEach(startStay);
})();
