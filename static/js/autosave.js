// Forms that save themselves: <form data-autosave="key of this browser's copy" data-person="id" data-part="its name">.
// The form's own page stays the way without scripts; docs/editor.md tells what the server answers.

const WAIT_MS = 1500; // after the last change
const RETRY_MS = [2000, 5000, 10000, 30000];
const KEEPALIVE_BYTES = 60_000; // browsers send at most 64 KiB after a page is gone
const REMEMBERED = 3; // texts that were sent and not answered
const words = JSON.parse(document.getElementById("autosave-words")?.textContent ?? "{}");
const say = (text, alert = false) => document.dispatchEvent(new CustomEvent("slipway:say", { detail: { text, alert } }));
const fill = (text, values) => (text ?? "").replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");

class Autosave {
  constructor(form) {
    this.form = form;
    this.slot = `slipway-kept:${form.dataset.autosave}:form`; // console.js forgets it after a save by a plain form
    this.state = document.getElementById("save-state");
    this.notice = document.getElementById("save-notice");
    this.taken = this.written(); // what the server holds, as far as this page knows
    this.paused = ""; // conflict | signed-out | refused: nothing is sent until that is solved
    this.unsent = 0; // changes since the server acknowledged the last one
    this.tries = 0;
    this.underWay = []; // what was sent and not answered, oldest first: it may have arrived all the same
    this.listen();
    this.bringBack();
  }

  get token() { return this.form.elements.token; }

  // Everything that a save would send, but for what changes by itself.
  entries() {
    return [...new FormData(this.form)].filter(([name, value]) =>
      typeof value === "string" && name !== "csrfmiddlewaretoken" && name !== "token");
  }

  written() { return JSON.stringify(this.entries()); }

  get isDirty() { return this.written() !== this.taken; }

  listen() {
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    this.form.addEventListener("focusout", (event) => {
      if (!this.form.contains(event.relatedTarget)) this.save();
    });
    this.form.addEventListener("submit", (event) => {
      if (this.passes || event.submitter?.hasAttribute("data-plain")) return this.letGo();
      event.preventDefault();
      event.stopImmediatePropagation();
      this.save({ asked: true });
    }, true);
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      this.save({ asked: true });
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.leave();
      else this.wake();
    });
    window.addEventListener("pagehide", () => this.leave());
    window.addEventListener("online", () => this.save());
    this.notice?.addEventListener("click", (event) => this.solve(event.target.closest("[data-solve]")?.dataset.solve));
    document.addEventListener("slipway:signed-in", () => {
      if (this.paused === "signed-out") this.solve("retry");
    });
  }

  changed() {
    this.form.dispatchEvent(new CustomEvent("autosave:changed"));
    clearTimeout(this.timer);
    if (!this.isDirty) {
      this.forget();
      if (!this.paused) this.show("saved");
      return;
    }
    this.keep();
    if (this.paused) return;
    this.show("waiting");
    this.timer = setTimeout(() => this.save(), WAIT_MS);
  }

  async save({ asked = false } = {}) {
    clearTimeout(this.timer);
    if (this.sending) {
      this.again = true;
      return;
    }
    if (this.paused && !(asked && this.paused !== "conflict")) return;
    if (!this.isDirty && !asked) return;
    this.sending = true;
    const sent = this.written();
    this.sends(sent);
    const late = setTimeout(() => this.show("saving"), 0);
    try {
      const answer = await this.send(asked);
      clearTimeout(late);
      await this.answered(answer, sent);
    } catch {
      this.unreachable();
    } finally {
      this.sending = false;
    }
    if (this.again || (this.isDirty && !this.paused && !this.tries && this.written() !== sent)) {
      this.again = false;
      this.changed();
    }
  }

  sends(text) {
    if (this.underWay.at(-1) !== text) this.underWay = [...this.underWay, text].slice(-REMEMBERED);
  }

  send(asked, keepalive = false) {
    return this.post(new FormData(this.form), asked, keepalive);
  }

  post(body, asked = false, keepalive = false) {
    return fetch(this.form.action, {
      method: "POST",
      body,
      keepalive,
      redirect: "manual",
      headers: {
        "X-Slipway-Autosave": asked ? "asked" : "1",
        "X-Slipway-Person": this.form.dataset.person ?? "",
      },
    });
  }

  async answered(answer, sent) {
    this.tries = 0;
    this.underWay = [];
    if (answer.type === "opaqueredirect" || answer.status === 401) return this.pause("signed-out");
    const content = await answer.json().catch(() => ({}));
    if (answer.ok) return this.took(content, sent);
    if (answer.status === 412) return this.pause("conflict", content.detail);
    if (answer.status === 422 || answer.status === 413) return this.wrong(content);
    if (answer.status >= 500 || answer.status === 429) return this.unreachable(answer.status);
    return this.pause("refused", content.detail ?? words[`status_${answer.status}`] ?? fill(words.status, { status: answer.status }));
  }

  took(content, sent) {
    this.taken = sent;
    this.unsent = 0;
    this.paused = "";
    const former = this.token?.value;
    if (this.token) this.token.value = content.token;
    for (const other of document.querySelectorAll("input[data-token]")) if (other.value === former) other.value = content.token;
    if (!this.isDirty) this.forget();
    this.clock = content.clock;
    this.show("saved");
    this.tell();
    this.errors([]);
    this.form.dispatchEvent(new CustomEvent("autosave:saved", { bubbles: true, detail: content }));
  }

  wrong(content) {
    this.show("invalid");
    this.errors(content.errors?.length ? content.errors : [{ field: "", message: content.detail ?? "" }]);
  }

  errors(found) {
    this.form.dispatchEvent(new CustomEvent("autosave:errors", { bubbles: true, detail: { errors: found } }));
    const list = document.getElementById("save-errors");
    if (!list) return;
    list.hidden = !found.length;
    list.replaceChildren(...found.map((error) => {
      const item = document.createElement("li");
      const field = document.getElementById(error.field);
      if (field) {
        const link = document.createElement("a");
        link.href = `#${error.field}`;
        link.dataset.line = error.line ?? "";
        link.textContent = error.message;
        item.append(link);
      } else item.textContent = error.message;
      return item;
    }));
    for (const control of this.form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
    for (const error of found) document.getElementById(error.field)?.setAttribute("aria-invalid", "true");
    if (found.length) say(found[0].message);
  }

  unreachable(status) {
    this.tries += 1;
    this.keep();
    this.show("kept", status ? fill(words.status, { status }) : "");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), RETRY_MS[Math.min(this.tries, RETRY_MS.length) - 1]);
  }

  pause(why, detail = "") {
    this.paused = why;
    this.keep();
    this.show("paused");
    this.tell(why, detail);
    if (why === "signed-out") document.dispatchEvent(new CustomEvent("slipway:signed-out", { detail: { asked: true } }));
    this.form.dispatchEvent(new CustomEvent("autosave:paused", { bubbles: true, detail: { why } }));
  }

  // Somebody saved this part: with nothing of one's own there is only something to look at.
  overtaken(news) {
    if (this.paused) return;
    if (this.isDirty) this.pause("conflict", `${words.not_saved} ${news}`);
    else this.tell("news", news);
  }

  // What is in the way and what can be done, below the form; the server wrote every block of it.
  tell(why = "", detail = "") {
    if (!this.notice) return;
    for (const block of this.notice.children) block.hidden = block.dataset.why !== why;
    const shown = [...this.notice.children].find((block) => block.dataset.why === why);
    if (shown) {
      const text = shown.querySelector("[data-detail]");
      if (text && detail) text.textContent = detail;
      say(shown.querySelector("p")?.textContent ?? "", false);
    }
  }

  solve(how) {
    if (how === "theirs") {
      this.forget();
      this.passes = true;
      this.taken = this.written();
      location.reload();
    } else if (how === "retry") {
      this.paused = "";
      this.tell();
      this.save({ asked: true });
    } else if (how === "copy") {
      const text = this.entries().map(([, value]) => value).join("\n");
      navigator.clipboard?.writeText(text).then(() => say(words.copied), () => say(words.not_copied));
    }
  }

  show(state, more = "") {
    if (!this.state) return;
    const count = this.unsent;
    this.state.dataset.state = state;
    const text = fill(words[`${state}_${this.paused}`] ?? words[state], { clock: this.clock, count })
      || this.state.textContent;
    const shown = this.state.querySelector("[data-words]") ?? this.state;
    if (state === "saved" && !this.clock) return;
    shown.textContent = more ? `${text} ${more}` : text;
  }

  // This browser's copy -----------------------------------------------------------------------------------------
  keep() {
    this.unsent = Math.max(1, this.unsent + (this.kept === this.written() ? 0 : this.sending ? 1 : 0));
    this.kept = this.written();
    const copy = JSON.stringify({ entries: this.entries(), token: this.token?.value ?? "", base: this.taken, at: Date.now(), underWay: this.underWay });
    try {
      localStorage.setItem(this.slot, copy);
    } catch {
      say(words.full, true);
    }
  }

  forget() {
    this.kept = null;
    localStorage.removeItem(this.slot);
  }

  bringBack() {
    const kept = localStorage.getItem(this.slot);
    if (kept === null) return;
    const copy = JSON.parse(kept);
    if (JSON.stringify(copy.entries) === this.taken) return this.forget();
    const event = new CustomEvent("autosave:restore", { cancelable: true, detail: copy });
    if (this.form.dispatchEvent(event) && !this.put(copy.entries)) return this.tell("kept");
    const note = document.getElementById("save-restored");
    if (note) note.hidden = false;
    note?.querySelector("[data-undo]")?.addEventListener("click", () => this.solve("theirs"));
    // A token that is older than the page: the server will say so, unless what it holds is this browser's own last save.
    const isOwn = copy.underWay?.includes(this.taken) ?? false;
    if (this.token && copy.token !== this.token.value && !isOwn) this.token.value = copy.token;
    this.changed();
    this.resend(isOwn ? [] : copy.underWay ?? []).finally(() => this.save());
  }

  // What was under way when the window went is sent again: if it had arrived, the server knows it and gives the next token.
  async resend(texts) {
    const former = texts.filter((text) => text !== this.written());
    if (!former.length || !this.token) return;
    this.sending = true;
    try {
      for (const text of former) {
        const entries = JSON.parse(text);
        const body = new FormData(this.form);
        for (const name of new Set([...this.entries(), ...entries].map(([known]) => known))) body.delete(name);
        for (const [name, value] of entries) body.append(name, value);
        const answer = await this.post(body);
        if (!answer.ok || answer.type === "opaqueredirect") continue;
        this.token.value = (await answer.json()).token;
        this.taken = text;
      }
    } catch {
      // the save that follows says what is wrong
    } finally {
      this.sending = false;
    }
  }

  // Put texts into fields of the same names; false when the form has other fields by now.
  put(entries) {
    const names = new Set(entries.map(([name]) => name));
    if ([...names].some((name) => !this.form.elements[name])) return false;
    for (const name of names) {
      const values = entries.filter(([other]) => other === name).map(([, value]) => value);
      const found = this.form.elements[name];
      const controls = found instanceof RadioNodeList ? [...found] : [found];
      controls.forEach((control, index) => {
        if (control.type === "checkbox" || control.type === "radio") control.checked = values.includes(control.value);
        else if (control.multiple) for (const option of control.options) option.selected = values.includes(option.value);
        else control.value = values[Math.min(index, values.length - 1)];
        control.dispatchEvent(new CustomEvent("autosave:put"));
      });
    }
    return true;
  }

  // Going and coming --------------------------------------------------------------------------------------------
  leave() {
    if (!this.isDirty || this.paused) return;
    const sent = this.written();
    const goesAlone = !this.sending && sent.length <= KEEPALIVE_BYTES;
    if (goesAlone) this.sends(sent);
    this.keep();
    this.hiddenAt = Date.now();
    if (!goesAlone) return this.save();
    clearTimeout(this.timer);
    this.sending = true;
    this.send(false, true)
      .then((answer) => this.answered(answer, sent))
      .catch(() => this.unreachable())
      .finally(() => { this.sending = false; });
  }

  wake() {
    this.form.dispatchEvent(new CustomEvent("autosave:wake", { bubbles: true }));
    if (this.isDirty) this.save();
  }

  // The plain form goes out after all (both texts, the way without scripts): nothing is in its way.
  letGo() {
    clearTimeout(this.timer);
    this.passes = true;
  }
}

// A link by which somebody gives their text up.
document.addEventListener("click", (event) => {
  const key = event.target.closest?.("[data-forget]")?.dataset.forget;
  if (!key) return;
  Object.keys(localStorage).filter((slot) => slot.startsWith(`slipway-kept:${key}:`)).forEach((slot) => localStorage.removeItem(slot));
});

for (const form of document.querySelectorAll("form[data-autosave]")) form.autosave = new Autosave(form);
