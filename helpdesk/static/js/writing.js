// What helps while writing about a complaint. Each part is a button or a line of the page that works without this.
(() => {
  const all = (selector) => document.querySelectorAll(selector);
  const typed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

  // Asks one of the page's own addresses; what is not the wanted part (signed out, an error) counts as no answer.
  const get = async (url, options = {}) => {
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, ...options }).catch(() => null);
    return answer && !answer.redirected ? answer : null;
  };
  const ask = (url, values, options = {}) => {
    const body = new FormData();
    body.set("csrf_token", document.querySelector("[name=csrf_token]").value);
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    return get(url, { method: "POST", body, ...options });
  };
  const json = (answer) => (answer?.headers.get("Content-Type") || "").startsWith("application/json") ? answer.json() : null;

  // Predefined responses: one that is chosen fills the field at once where no typed text would be lost.

  const startCanned = (box) => {
    const [choice, button] = [box.querySelector("select"), box.querySelector("[data-canned-insert]")];
    const status = box.querySelector("[data-canned-status]");
    const { inserted, text: field } = choice.form.elements;
    let last = inserted.value ? field.value : "";
    const untouched = () => !field.value.trim() || field.value === last;

    const put = (id, text) => {
      inserted.value = id;
      field.value = last = text;
      typed(field);
    };

    const insert = async () => {
      const id = choice.value;
      const url = new URL(box.dataset.canned, location);
      url.searchParams.set("canned", id);
      const found = await json(await fetch(url).catch(() => null));
      if (choice.value !== id) return;  // another one was chosen meanwhile
      if (!found?.id) { status.textContent = box.dataset.failed; return; }
      put(found.id, found.text);
      const left = found.text.match(/\{[a-z_]+\}/g);
      status.textContent = left ? box.dataset.unfilled.replace("{found}", left.join(" ")) : box.dataset.inserted;
    };

    choice.addEventListener("change", () => {
      status.textContent = "";
      if (!untouched()) return;
      if (choice.value) insert(); else put("", "");
    });
    button.type = "button";  // so that Enter in another field sends the reply, as it would without this box
    button.addEventListener("click", () => {
      if (!choice.value) { inserted.value = ""; field.focus(); return; }
      if (untouched() || confirm(box.dataset.replace)) insert();
    });
  };

  // Drafts: kept a second after the last key, and when the page is left.

  const startDraft = (box) => {
    const status = box.querySelector("[data-draft-status]");
    const discard = box.querySelector("[data-draft-discard]");
    const { form } = discard;
    const field = form.elements.text;
    let timer, sent = false, queue = Promise.resolve();
    let kept = document.querySelector("[data-error-summary]") ? null : field.defaultValue;

    const send = async (text) => {
      const answer = await ask(box.dataset.draft, { text });
      const said = await json(answer);
      if (!said) kept = null;
      status.textContent = said ? said.said : box.dataset.failed;
      if (answer?.ok && said) discard.hidden = !said.said;
    };
    const keep = () => {
      if (sent || field.value === kept) return;
      kept = field.value;
      queue = queue.then(() => send(field.value));
    };
    const leave = () => {
      if (sent || field.value === kept) return;
      kept = field.value;
      ask(box.dataset.draft, { text: field.value }, { keepalive: true });
    };
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(keep, 1000);
    };

    field.addEventListener("input", later);
    form.addEventListener("submit", () => { sent = true; clearTimeout(timer); });
    window.addEventListener("pagehide", leave);
    window.addEventListener("pageshow", (event) => { if (event.persisted) sent = false; });
    if (field.value !== kept) later();
  };

  // Modes: other people read the other one, so a typed text goes there only when its writer says so.

  const startTaking = (offer) => {
    const composer = offer.closest(".composer");
    const move = composer.querySelector("[data-draft-move]");
    composer.querySelector(".composer-modes").addEventListener("click", (event) => {
      const link = event.target.closest("a");
      const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
      if (!link || link.ariaCurrent || elsewhere || !move.form.elements.text.value.trim()) return;
      event.preventDefault();
      offer.hidden = false;
      offer.focus();
    });
    offer.querySelector("button").addEventListener("click", () => move.form.requestSubmit(move));
  };

  // Presence: said at the first key and every fifteen seconds; where one may write, a cheaper question in between
  // tells sooner that a colleague writes. A tab that nobody looks at is silent.

  const startPresence = (region) => {
    const replies = document.querySelector("[data-replies]")?.closest("form");
    const BEAT = 15000;
    const LOOK = document.querySelector("[data-draft]") ? 5000 : BEAT;
    let timer, typedAt = -Infinity, state = "", looks = 0;
    const writes = () => performance.now() - typedAt < 2 * BEAT && replies.elements.text.value.trim() !== "";

    const show = (html) => {
      for (const place of all("[data-present]")) if (place.innerHTML !== html) place.innerHTML = html;
    };
    const say = () => {
      state = writes() ? "writing" : "viewing";
      looks = BEAT / LOOK - 1;
      return ask(region.dataset.presence, { state });
    };
    const look = () => {
      looks -= 1;
      return get(region.dataset.presence);
    };
    const beat = async (next) => {
      clearTimeout(timer);
      if (document.hidden) return;
      timer = setTimeout(() => beat(looks > 0 ? look : say), LOOK);
      const answer = await next();
      if (answer?.ok) show((await answer.text()).trim());
    };

    replies?.elements.text.addEventListener("input", () => {
      typedAt = performance.now();
      if (state !== "writing" && writes()) beat(say);
    });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) beat(say); });
    window.addEventListener("pagehide", () => {
      clearTimeout(timer);
      ask(region.dataset.presence, { state: "left" }, { keepalive: true });
    });
    window.addEventListener("pageshow", (event) => { if (event.persisted) beat(say); });
    beat(say);
  };

  // Placeholders go where the cursor was last.

  const startPalette = (palette) => {
    const fields = [...palette.closest("form").querySelectorAll("textarea")];
    let [field] = fields;
    for (const one of fields) one.addEventListener("focus", () => { field = one; });
    palette.addEventListener("click", (event) => {
      const button = event.target.closest("[data-placeholder]");
      if (!button) return;
      field.setRangeText(button.dataset.placeholder, field.selectionStart, field.selectionEnd, "end");
      typed(field);
      field.focus();
    });
  };

  all("[data-canned]").forEach(startCanned);
  all("[data-draft]").forEach(startDraft);
  all("[data-take]").forEach(startTaking);
  all("[data-presence]").forEach(startPresence);
  all(".palette").forEach(startPalette);
})();
