// Regions that look again by themselves: <div id="board" data-live="10" data-live-url="..."> asks its address every
// ten seconds while it can be seen, and takes over what changed. It never takes the focus, closes what is open, loses
// what is typed or selected, and moves no row under the pointer or the focus: that waits behind a button.

const WHOLE_MS = 60000; // after this a whole answer is asked for, because "4 min ago" grows without any change
const SLOWEST_MS = 60000;
const TIMEOUT_MS = 8000;
const OPEN = "details[open], dialog[open], :popover-open";
const OWN = ["tabindex", "role", "aria-expanded", "aria-selected", "data-current"]; // set by scripts, unknown to the server

const say = (text, alert = false) => document.dispatchEvent(new CustomEvent("slipway:say", { detail: { text, alert } }));
const fieldsOf = (element) => [...element.querySelectorAll("input, textarea, select")];

function isTouched(field) {
  if (field.type === "hidden") return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

function isSelectedIn(element) {
  const selection = getSelection();
  return !selection.isCollapsed && selection.containsNode(element, true);
}

// Whatever a person is busy with stays as it is until they are done.
const isBusy = (element) =>
  element.contains(document.activeElement) ||
  element.matches(OPEN) || element.querySelector(OPEN) !== null ||
  fieldsOf(element).some(isTouched) || isSelectedIn(element);

class Region {
  constructor(element) {
    this.id = element.id;
    this.every = 1000 * Number(element.dataset.live);
    this.wait = this.every;
    this.bar = document.querySelector(`[data-live-of="${CSS.escape(element.id)}"]`);
    this.etag = "";
    this.wholeAt = Date.now();
    this.paused = false;
    this.held = null;
    this.bar?.querySelector("[data-live-toggle]")?.addEventListener("click", () => this.toggle());
    this.bar?.querySelector("[data-live-pill]")?.addEventListener("click", () => this.takeOrder());
    this.show("on");
    this.plan();
  }

  get element() {
    return document.getElementById(this.id);
  }

  plan() {
    clearTimeout(this.timer);
    if (!this.paused && !this.ended) this.timer = setTimeout(() => this.look(), this.wait);
  }

  toggle() {
    this.paused = !this.paused;
    const button = this.bar.querySelector("[data-live-toggle]");
    button.textContent = this.paused ? this.bar.dataset.liveResume : this.bar.dataset.livePause;
    this.show(this.paused ? "paused" : "on");
    if (this.paused) this.plan();
    else this.look();
  }

  async look() {
    if (document.visibilityState !== "visible" || this.paused || this.isLooking) return this.plan();
    this.isLooking = true;
    try {
      await this.ask();
      this.wait = this.every;
    } catch (error) {
      this.fail(error);
    } finally {
      this.isLooking = false;
    }
    return this.plan();
  }

  async ask() {
    const headers = { "X-Slipway-Live": "1" };
    if (this.etag && Date.now() - this.wholeAt < WHOLE_MS) headers["If-None-Match"] = this.etag;
    const url = this.element.dataset.liveUrl || location.href;
    const answer = await fetch(url, { headers, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (this.paused) return;
    if (answer.type === "opaqueredirect" || answer.status === 401) {
      this.ended = true;
      this.show("out");
      return;
    }
    if (answer.status === 200) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const incoming = page.getElementById(this.id);
      if (!incoming) throw new Error("the answer has no such region");
      this.wholeAt = Date.now();
      this.etag = this.take(incoming) ? answer.headers.get("ETag") : ""; // what was held back is asked for again
    } else if (answer.status !== 304) {
      throw new Error(`the answer is ${answer.status}`);
    }
    this.element.classList.remove("is-old");
    this.show("on", answer.headers.get("X-Slipway-As-Of"));
  }

  fail() {
    this.wait = Math.min(2 * this.wait, SLOWEST_MS);
    if (!this.element.classList.contains("is-old")) say(this.bar?.dataset.liveFailed ?? "");
    this.element.classList.add("is-old");
    this.show("old");
  }

  show(word, asOf) {
    if (!this.bar) return;
    this.bar.dataset.state = word;
    const names = { on: "liveOn", paused: "livePaused", old: "liveOld", out: "liveOut" };
    this.bar.querySelector("[data-live-word]").textContent = this.bar.dataset[names[word]];
    if (asOf) this.bar.querySelector("[data-live-time]").textContent = asOf;
    this.bar.querySelector("[data-live-toggle]").hidden = word === "out";
  }

  // Take over what may be taken over; true when nothing had to be held back.
  take(incoming) {
    const region = this.element;
    const lists = [...region.querySelectorAll("[data-live-rows]")];
    const isWhole = lists.length > 0 && lists.every((list) => incoming.querySelector(`#${CSS.escape(list.id)}`));
    if (!isWhole && isBusy(region)) return false;
    let complete = true;
    Idiomorph.morph(region, incoming, this.options(lists, () => { complete = false; }));
    let held = 0;
    for (const list of isWhole ? lists : []) {
      const rows = incoming.querySelector(`#${CSS.escape(list.id)}`);
      const left = this.takeRows(list, rows, list.matches(":hover") || isBusy(list));
      held += left.moved;
      complete = complete && left.complete;
    }
    this.offerOrder(held, incoming);
    this.ended = !("live" in incoming.dataset) && complete && held === 0; // what is over does not change any more
    region.dispatchEvent(new CustomEvent("slipway:live", { bubbles: true }));
    return complete && held === 0;
  }

  options(lists, note) {
    const isKept = (old) => {
      if (lists.includes(old)) return true;
      const kept = old === document.activeElement || (old.matches?.(OPEN) ?? false) || (old.matches?.("form") && isBusy(old));
      if (kept) note();
      return kept;
    };
    return {
      callbacks: {
        beforeNodeMorphed: (old) => !isKept(old),
        beforeNodeRemoved: (old) => !(old instanceof Element && (lists.includes(old) || isBusy(old) || "liveKeep" in old.dataset)),
        beforeAttributeUpdated: (name) => !OWN.includes(name),
      },
    };
  }

  // The rows that are there change in place; new, gone and moved ones only when nobody is at them.
  takeRows(list, incoming, isCalm) {
    const now = [...list.children].filter((row) => !("liveKeep" in row.dataset));
    const next = [...incoming.children];
    const here = new Map(now.map((row) => [row.id, row]));
    const there = new Map(next.map((row) => [row.id, row]));
    let complete = true;
    for (const row of now) {
      const fresh = there.get(row.id);
      if (!fresh) continue;
      if (isBusy(row)) complete = complete && row.isEqualNode(fresh);
      else Idiomorph.morph(row, fresh.cloneNode(true), this.options([], () => { complete = false; }));
    }
    const order = next.map((row) => row.id);
    const changed = order.filter((id) => !here.has(id)).length + now.filter((row) => !there.has(row.id)).length;
    const kept = now.map((row) => row.id).filter((id) => there.has(id));
    const moved = order.filter((id) => here.has(id)).filter((id, place) => kept[place] !== id).length;
    if (changed + moved === 0) return { moved: 0, complete };
    if (isCalm) return { moved: changed + moved, complete };
    this.arrange(list, now, next, here, there);
    return { moved: 0, complete };
  }

  arrange(list, now, next, here, there) {
    for (const row of now) {
      if (!there.has(row.id)) row.remove();
    }
    let after = null;
    for (const fresh of next) {
      const row = here.get(fresh.id) ?? document.importNode(fresh, true);
      const place = after ? after.nextElementSibling : list.firstElementChild;
      if (row !== place) list.insertBefore(row, place);
      after = row;
      const peek = list.querySelector(`[data-live-keep="${CSS.escape(row.id)}"]`);
      if (peek) {
        row.after(peek);
        after = peek;
      }
    }
    for (const peek of list.querySelectorAll("[data-live-keep]")) {
      if (!document.getElementById(peek.dataset.liveKeep)) peek.remove();
    }
  }

  offerOrder(rows, incoming) {
    const pill = this.bar?.querySelector("[data-live-pill]");
    this.held = rows ? incoming : null;
    if (!pill) return;
    const text = rows === 1 ? this.bar.dataset.liveOrderOne : this.bar.dataset.liveOrder.replace("#", rows);
    if (rows && pill.hidden) say(text);
    pill.textContent = text;
    if (!rows && document.activeElement === pill) this.bar.querySelector("[data-live-toggle]").focus();
    pill.hidden = !rows;
  }

  takeOrder() {
    const incoming = this.held;
    if (!incoming) return;
    for (const list of this.element.querySelectorAll("[data-live-rows]")) {
      const rows = incoming.querySelector(`#${CSS.escape(list.id)}`);
      if (rows) this.takeRows(list, rows, false);
    }
    this.offerOrder(0, null);
    this.element.dispatchEvent(new CustomEvent("slipway:live", { bubbles: true }));
    this.look();
  }
}

const regions = [...document.querySelectorAll("[data-live][id]")].map((element) => new Region(element));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") regions.forEach((region) => region.look());
});
