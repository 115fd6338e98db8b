// Files: sent one by one while the form is still being filled in, with progress; and pictures shown large.
// Without it the plain input sends them together with the form. Every text comes from the markup.
(() => {
  const MEGABYTE = 1024 * 1024;
  const COPY = { "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp" };
  const at = (selector, root = document) => root.querySelector(selector);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // The picker

  const parts = (picker) => ({
    input: at("input[type=file]", picker),
    list: at("[data-files-list]", picker),
    count: at("[data-files-count]", picker),
    say: picker.dataset,
  });

  const tell = (picker, text) => { at("[data-files-status]", picker).textContent = text; };

  const chosen = (picker) => parts(picker).list.querySelectorAll("li:not(.is-refused)").length;

  const kept = (picker) => parts(picker).list.querySelectorAll("li:not(.is-refused):not(.is-sending)").length;

  const recount = (picker) => {
    const { count, say } = parts(picker);
    const n = chosen(picker);
    count.textContent = n ? fill(say.sayCount, { n, most: say.most }) : "";
  };

  const element = (tag, values = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), values);
    made.append(...children);
    return made;
  };

  const button = (className, text, act) => {
    const made = element("button", { type: "button", className, textContent: text });
    made.addEventListener("click", act);
    return made;
  };

  const remove = (picker, line, name) => {
    const after = line.nextElementSibling || line.previousElementSibling;
    line.remove();
    recount(picker);
    tell(picker, fill(picker.dataset.sayRemoved, { name }));
    (after?.querySelector("button.tool") || parts(picker).input).focus();
  };

  const refused = (picker, line, file, text, again) => {
    const { say } = parts(picker);
    line.className = "picked is-refused";
    line.replaceChildren(element("p", { className: "field-error", textContent: text }));
    if (again) line.append(button("btn btn-outline-secondary btn-sm", say.sayAgain, () => { line.remove(); add(picker, [file]); }));
    line.append(button("btn btn-link btn-sm", say.sayDismiss, () => remove(picker, line, file.name)));
    recount(picker);
    tell(picker, text);
  };

  // What the server would refuse for its size or number is refused before it travels; only what was kept takes a place.
  const objection = (picker, file) => {
    const { say } = parts(picker);
    if (kept(picker) >= Number(say.most)) return say.sayMany;
    if (file.size > Number(say.megabytes) * MEGABYTE) return fill(say.sayLarge, { name: file.name });
    return "";
  };

  const arrived = (picker, line, file, request) => {
    const { say } = parts(picker);
    if (request.status !== 201) {
      let text = "";
      try { text = JSON.parse(request.responseText).text; } catch { /* no answer of ours: the connection broke */ }
      refused(picker, line, file, text || fill(say.sayFailed, { name: file.name }), !text || request.status >= 429);
      return;
    }
    const template = element("template");
    template.innerHTML = request.responseText;
    line.replaceWith(template.content.querySelector("li"));
    recount(picker);
    tell(picker, fill(say.sayAdded, { name: file.name }));
  };

  const send = (picker, line, file, bar) => new Promise((done) => {
    const { input, say } = parts(picker);
    const body = new FormData();
    body.append("files", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", say.upload);
    request.setRequestHeader("X-CSRFToken", input.form.elements.csrf_token.value);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; });
    request.addEventListener("loadend", () => { arrived(picker, line, file, request); done(); });
    request.send(body);
  });

  const add = async (picker, files) => {
    const { list, say } = parts(picker);
    const waiting = [...files].map((file) => {
      const label = fill(say.saySending, { name: file.name });
      const bar = element("progress", { max: 1, value: 0 });
      bar.setAttribute("aria-label", label);
      const name = element("bdi", { textContent: file.name });
      const line = element("li", { className: "picked is-sending" }, element("span", { className: "picked-name" }, name), bar);
      list.append(line);
      return { line, file, bar };
    });
    recount(picker);
    for (const { line, file, bar } of waiting) {
      const text = objection(picker, file);
      if (text) refused(picker, line, file, text);
      else await send(picker, line, file, bar);
    }
    picker.dispatchEvent(new CustomEvent("files-sent"));
  };

  const start = (picker) => {
    if (picker.dataset.started) return;
    picker.dataset.started = "1";
    const { input } = parts(picker);
    input.addEventListener("change", () => {
      const files = [...input.files];
      input.value = "";  // or the browser would send them once more with the form
      add(picker, files);
    });
    recount(picker);
  };

  document.addEventListener("click", (event) => {
    const cross = event.target.closest("[data-file-remove]");
    if (!cross) return;
    const picker = cross.closest("[data-files]");
    const line = cross.closest("li");
    const body = new URLSearchParams({ csrf_token: parts(picker).input.form.elements.csrf_token.value });
    fetch(cross.dataset.fileRemove, { method: "POST", body }).catch(() => {});  // left alone, it is deleted within hours
    remove(picker, line, at("bdi", line).textContent);
  });

  // A form that is sent while files still travel waits for them.
  document.addEventListener("submit", (event) => {
    const picker = at("[data-files]:has(.is-sending)", event.target);
    if (!picker) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (picker.dataset.awaited) return;
    picker.dataset.awaited = "1";
    const { submitter } = event;
    tell(picker, picker.dataset.sayWait);
    picker.addEventListener("files-sent", () => {
      delete picker.dataset.awaited;
      if (!at(".is-refused", picker)) event.target.requestSubmit(submitter);
    }, { once: true });
  }, true);

  // Dropping and pasting, beside the input that does the same.

  const pickerOf = (event) => event.target.closest?.("form")?.querySelector("[data-files]");
  const carries = (event) => [...(event.dataTransfer?.types || [])].includes("Files");

  document.addEventListener("dragover", (event) => {
    const picker = carries(event) && pickerOf(event);
    if (!picker) return;
    event.preventDefault();
    picker.classList.add("is-over");
  });

  document.addEventListener("dragleave", (event) => pickerOf(event)?.classList.remove("is-over"));

  document.addEventListener("drop", (event) => {
    const picker = carries(event) && pickerOf(event);
    if (!picker) return;
    event.preventDefault();
    picker.classList.remove("is-over");
    add(picker, event.dataTransfer.files);
  });

  document.addEventListener("paste", (event) => {
    const picker = pickerOf(event);
    const pasted = [...(event.clipboardData?.files || [])];
    if (!picker || !pasted.length) return;
    event.preventDefault();
    // A pasted picture has no name of its own that tells it from the next.
    const named = pasted.map((file, place) => (file.name && file.name !== "image.png" ? file
      : new File([file], `picture-${chosen(picker) + place + 1}.${COPY[file.type] || "png"}`, { type: file.type })));
    add(picker, named);
  });

  // Pictures, large

  let shown = [];
  let place = 0;
  let opener = null;

  const show = (box, next) => {
    place = (next + shown.length) % shown.length;
    const link = shown[place];
    const picture = at("[data-lightbox-picture]", box);
    picture.src = link.href;
    picture.alt = link.dataset.picture;
    at("[data-lightbox-name]", box).textContent = link.dataset.picture;
    at("[data-lightbox-count]", box).textContent = shown.length > 1 ? `\u2066${place + 1} / ${shown.length}\u2069` : "";
    at("[data-lightbox-save]", box).href = link.href;
    for (const step of box.querySelectorAll("[data-lightbox-step]")) step.hidden = shown.length < 2;
  };

  document.addEventListener("click", (event) => {
    const box = at("[data-lightbox]");
    const step = event.target.closest("[data-lightbox-step]");
    if (step) show(box, place + Number(step.dataset.lightboxStep));
    if (event.target === box) box.close();  // the shade beside the picture
    const link = event.target.closest("a[data-picture]");
    if (!link || !box?.showModal || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    shown = [...document.querySelectorAll("a[data-picture]")];
    opener = link;
    show(box, shown.indexOf(link));
    box.showModal();
  });

  document.addEventListener("keydown", (event) => {
    const box = at("[data-lightbox][open]");
    if (!box || shown.length < 2) return;
    const onwards = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const back = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    if (event.key === onwards) show(box, place + 1);
    if (event.key === back) show(box, place - 1);
  });

  document.addEventListener("close", (event) => {
    if (!event.target.matches("[data-lightbox]")) return;
    at("[data-lightbox-picture]", event.target).removeAttribute("src");
    opener?.focus();
  }, true);

  const startAll = (root) => root.querySelectorAll("[data-files]").forEach(start);
  startAll(document);
  document.addEventListener("fragment", (event) => startAll(event.target));
})();
