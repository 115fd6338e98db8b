// The back office's comforts: dialogs that fetch their content, row menus, previews, selecting rows, lookups.
(() => {
  const all = (selector, root = document) => root.querySelectorAll(selector);
  const byId = (id) => document.getElementById(id);
  const elsewhere = (event) => event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0;

  // Dialogs: the linked page answers htmx with its own part alone, and that is what the dialog shows.

  const show = (kind, url) => {
    const body = byId(`${kind}-body`);
    body.replaceChildren();
    body.setAttribute("aria-busy", "true");
    byId(`${kind}-dialog`).showModal();
    htmx.ajax("GET", url, { target: body, swap: "innerHTML" });
  };

  const sendFromHere = (form, body) => {
    form.setAttribute("hx-post", form.action);
    form.setAttribute("hx-target", `#${body.id}`);
    form.setAttribute("hx-sync", "this:drop");
    if (!form.elements.back) {
      const back = Object.assign(document.createElement("input"), { type: "hidden", name: "back" });
      back.value = location.pathname + location.search;
      form.append(back);
    }
    htmx.process(form);
  };

  const bodyOf = (event) => {
    const target = event.detail.ctx?.target;
    return target?.classList?.contains("dialog-body") ? target : null;
  };

  document.addEventListener("htmx:before:swap", (event) => {
    // A whole page in place of the part: signed out meanwhile, or an error. It is shown as the page that it is.
    if (!bodyOf(event) || !/^\s*<!doctype/i.test(event.detail.ctx.text)) return;
    event.preventDefault();
    location.assign(event.detail.ctx.request.action);
  });

  document.addEventListener("htmx:after:swap", (event) => {
    const body = bodyOf(event);
    if (!body) return;
    body.removeAttribute("aria-busy");
    const heading = body.querySelector("h1, h2");  // a refusal of the whole request has none
    if (heading) body.parentElement.setAttribute("aria-label", heading.textContent.trim());
    for (const form of all("form", body)) sendFromHere(form, body);
    (body.querySelector("form :is(input:not([type=hidden]), select, textarea)") || body).focus();
    body.dispatchEvent(new CustomEvent("fragment", { bubbles: true }));
  });

  document.addEventListener("htmx:error", (event) => {
    const body = bodyOf(event);
    if (!body) return;
    body.removeAttribute("aria-busy");
    for (const form of all("form[data-sent]", body)) {
      delete form.dataset.sent;
      for (const button of all("button", form)) button.disabled = false;
    }
    const note = document.createElement("p");
    note.className = "note note-danger";
    note.setAttribute("role", "alert");
    note.textContent = document.querySelector("[data-dialogs-failed]").dataset.dialogsFailed;
    body.prepend(note);
  });

  // Below the row's own page; rows do not say these addresses, which would be a good part of the page.
  const below = (row, name) => {
    const url = new URL(row.querySelector("th a").href);
    url.pathname += `/${name}`;
    return url.href;
  };

  document.addEventListener("click", (event) => {
    const preview = event.target.closest(".peek");
    if (preview) show("preview", below(preview.closest("tr"), "preview"));
    const operation = event.target.closest("[data-operations] :is(details a, a.btn:not([data-whole-page]))");
    if (!operation || elsewhere(event)) return;
    event.preventDefault();
    const menu = operation.closest("details");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();  // where the focus comes back to when the dialog closes
    }
    operation.closest("dialog")?.close();
    show("operation", operation.href);
  });

  // A click on the shade beside a panel closes it.
  byId("preview-dialog").addEventListener("click", (event) => {
    if (event.target === event.currentTarget) event.currentTarget.close();
  });

  // Row menus: the table scrolls sideways and would cut an open menu off, so it is placed over the page.

  const place = (menu) => {
    const panel = menu.lastElementChild;
    const row = menu.getBoundingClientRect();
    const { width, height } = panel.getBoundingClientRect();
    const below = row.bottom + height < innerHeight;
    const start = document.dir === "rtl" ? row.left : row.right - width;
    panel.style.top = `${below ? row.bottom + 4 : Math.max(8, row.top - height - 4)}px`;
    panel.style.left = `${Math.min(Math.max(8, start), innerWidth - width - 8)}px`;
  };

  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.matches(".list-table details")) place(event.target);
    if (event.target.open && event.target.matches(".topbar-search")) event.target.querySelector("input").focus();
  }, true);

  document.addEventListener("scroll", () => {
    for (const menu of all(".list-table details[open]")) menu.open = false;
  }, { capture: true, passive: true });

  // Lists

  const nameOf = (row) => row.querySelector("th").textContent.trim();

  for (const box of all(".list-table [name=key]")) {
    const label = document.createElement("label");
    box.setAttribute("aria-label", `${box.closest("table").dataset.pick} ${nameOf(box.closest("tr"))}`);
    box.replaceWith(label);
    label.append(box);
  }

  for (const row of all(".list-table tbody tr:not(.hit)")) {
    const menu = byId("row-menu").content.firstElementChild.cloneNode(true);
    const [summary, panel] = menu.children;
    const offered = row.dataset.can?.split(" ");  // a row that does not say offers everything
    summary.setAttribute("aria-label", `${summary.title} ${nameOf(row)}`);
    summary.removeAttribute("title");
    for (const link of all("a", panel)) {
      if (!offered || offered.includes(link.dataset.name)) link.href = below(row, link.dataset.name);
      else link.remove();
    }
    if (panel.children.length) row.lastElementChild.append(menu);
  }

  for (const row of all("[data-previews] tbody tr:not(.hit)")) {
    const button = byId("peek").content.firstElementChild.cloneNode(true);
    button.setAttribute("aria-label", `${button.title} ${nameOf(row)}`);
    row.lastElementChild.prepend(button);
  }

  // Rows that are laid out as cards on a phone lose their roles in some browsers unless these are said aloud.
  const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };
  for (const part of all(".list-table, .list-table :is(thead, tbody, tr, th, td)")) {
    part.setAttribute("role", roles[part.tagName] || (part.scope === "row" ? "rowheader" : "columnheader"));
  }

  const startSelecting = (form) => {
    const bar = form.querySelector("[data-bulk-bar]");
    const every = form.querySelector("[data-select-all]");
    const count = bar.querySelector("[data-bulk-count]");
    const rows = [...all("[name=key]", form)];
    const update = () => {
      const chosen = rows.filter((row) => row.checked).length;
      bar.classList.toggle("is-on", chosen > 0);
      count.textContent = count.dataset.bulkCount.replace("{n}", chosen);
      every.checked = chosen === rows.length;
      every.indeterminate = chosen > 0 && chosen < rows.length;
    };
    const choose = (checked) => {
      for (const row of rows) row.checked = checked;
      update();
    };
    form.addEventListener("change", (event) => (event.target === every ? choose(every.checked) : update()));
    form.querySelector("[data-bulk-clear]").addEventListener("click", () => { choose(false); every.focus(); });
    window.addEventListener("pageshow", update);
  };

  const startLookup = (field) => {
    const words = { ...field.form.dataset, ...field.dataset };
    const line = (kind, text) => () => Object.assign(document.createElement("div"), { className: kind, textContent: text });
    new TomSelect(field, {
      maxItems: 1,
      hideSelected: true,
      placeholder: words.hint,
      plugins: { remove_button: { title: words.remove } },
      // The server has searched already; whatever it found is shown, in its order.
      score: () => () => 1,
      shouldLoad: (typed) => typed.trim().length > 0,
      render: { no_results: line("no-results", words.nothing), not_loading: line("not-loading", words.hint) },
      async load(typed, done) {
        const answer = await fetch(`${words.lookup}?q=${encodeURIComponent(typed)}`).catch(() => null);
        const found = answer?.ok ? await answer.json() : [];
        this.clearOptions();
        done(found);
      },
      // Options that come later are numbered on from those of the page, or two would share an id.
      onInitialize() { this.order = field.options.length; },
    });
  };

  // A reply can be taken back for a few seconds; then the bar goes away, unless its button is being used.
  const startUndo = (bar) => {
    const end = Date.now() + Number(bar.dataset.undo) * 1000;
    const shown = bar.querySelector("[data-undo-left]");
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      if (left <= 0) { bar.hidden = true; return; }
      shown.textContent = shown.dataset.undoLeft.replace("{n}", left);
      setTimeout(tick, 250);
    };
    tick();
  };

  all("[data-undo]").forEach(startUndo);
  // Tags: names with commas between them become chips, and those that the store has already are found.
  const startTags = (field) => {
    const words = field.dataset;
    const focused = document.activeElement === field;
    field.value = field.value.split(/[,\u060c]/).map((name) => name.trim()).filter(Boolean).join(",");
    const control = new TomSelect(field, {
      create: true,
      createOnBlur: true,
      persist: false,
      maxItems: 10,
      hideSelected: true,
      placeholder: words.hint,
      plugins: { remove_button: { title: words.remove } },
      score: () => () => 1,
      render: {
        no_results: () => null,
        option_create: ({ input }) => Object.assign(document.createElement("div"), { className: "create", textContent: words.add.replace("{tag}", input) }),
      },
      async load(typed, done) {
        const answer = await fetch(`${words.tags}?q=${encodeURIComponent(typed)}`).catch(() => null);
        const found = answer?.ok ? await answer.json() : [];
        this.clearOptions();
        done(found.map(({ text }) => ({ value: text, text })));
      },
    });
    if (focused) control.focus();  // a dialog has put the cursor into the field that is hidden now
  };

  all("[data-bulk]").forEach(startSelecting);
  all("[data-tags]").forEach(startTags);
  all("[data-lookup]").forEach(startLookup);
  document.addEventListener("fragment", (event) => {
    all("[data-lookup]", event.target).forEach(startLookup);
    all("[data-tags]", event.target).forEach(startTags);
  });
})();
