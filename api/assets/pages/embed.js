/* <lectern-schedule edition="…">: the schedule of an edition on any page, and <lectern-player>: a recording that is
   loaded when it is asked for. docs/embedding.md tells the attributes, the custom properties and the parts.

   Everything of the archive is set as text, so none of it is read as markup. Nothing is loaded but the day's schedule
   until somebody asks for more, and no other host than the script's own is asked before a click on a recording. */
(() => {
  "use strict";
  if (!window.customElements || customElements.get("lectern-schedule")) return;

  const HOME = document.currentScript?.src ? new URL(".", document.currentScript.src).href : `${location.origin}/`;
  const MINUTE = 60_000;
  const DAY = 86_400_000;
  const VIEWS = { grid: "Grid", list: "List", talks: "Talks", speakers: "Speakers", recordings: "Recordings" };
  const KINDS = { KEYNOTE: "Keynote", LIGHTNING_TALK: "Lightning talk", PANEL: "Panel", WORKSHOP: "Workshop", DEMO: "Demo" };
  const PROVIDERS = { YOUTUBE: "YouTube", VIMEO: "Vimeo", MEDIA_CCC: "media.ccc.de" };
  /** The hosts whose players are framed. Any other recording is a link. */
  const PLAYERS = ["www.youtube-nocookie.com", "player.vimeo.com", "media.ccc.de"];
  /** The elements that an abstract may have. */
  const PROSE = ["p", "ul", "ol", "li", "em", "strong", "code", "pre", "blockquote", "h4", "br", "hr", "a", "span"];
  /** The least width of a room's column in pixels. With less, the grid becomes a list of slots by time. */
  const COLUMN = 170;

  /** An element with attributes, listeners (functions) and content; texts are texts. */
  function h(name, attributes, ...content) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) {
      if (value === null || value === undefined || value === false) continue;
      if (typeof value === "function") element.addEventListener(key, value);
      else element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...content.flat(3).filter((part) => part !== null && part !== undefined && part !== false && part !== ""));
    return element;
  }

  /** A text that keeps its direction to itself. */
  const bdi = (text, attributes) => h("bdi", attributes, text);

  /** An address that a link may have. */
  const harmless = (url) => (/^(https?|mailto):/i.test(url ?? "") ? url : null);

  /** The elements of an abstract, which comes as a tree of names, addresses and texts. */
  function prose(node) {
    if (typeof node === "string") return node;
    const [name, address, ...content] = node;
    return h(PROSE.includes(name) ? name : "span", name === "a" ? { href: harmless(address), target: "_blank", rel: "noopener" } : null, content.map(prose));
  }

  /** The frame of a player, from a second on. None for a host that is not known. */
  function player(recording, title, second) {
    let url;
    try {
      url = new URL(recording);
    } catch {
      return null;
    }
    if (url.protocol !== "https:" || !PLAYERS.includes(url.hostname)) return null;
    if (url.hostname === "www.youtube-nocookie.com") {
      url.searchParams.set("autoplay", "1");
      if (second) url.searchParams.set("start", second);
    } else if (second) url.hash = `t=${second}s`;
    return h("iframe", {
      src: url.href, title: `Recording: ${title}`, allow: "autoplay; fullscreen; picture-in-picture; encrypted-media", allowfullscreen: true,
      referrerpolicy: "strict-origin-when-cross-origin", part: "player",
    });
  }

  /** What this browser keeps. It may be forbidden or full, and then nothing is kept. */
  const kept = {
    get(key) {
      try {
        return JSON.parse(localStorage.getItem(key));
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        localStorage.setItem(key, JSON.stringify(value));
      } catch {
        // Nothing is kept.
      }
    },
  };

  const STYLE = `
:host { display: block; container-type: inline-size; position: relative; max-inline-size: 100%; }
:host([hidden]) { display: none; }
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
:host(:not([data-ready]):not(:has(> *))) { min-block-size: 100vh; }
*, ::before, ::after { box-sizing: border-box; }
.root {
  --ink: var(--lectern-text, light-dark(#1d1b19, #ece8e3)); --soft: var(--lectern-muted, light-dark(#5d564f, #b3aaa0));
  --paper: var(--lectern-background, Canvas); --raised: var(--lectern-raised, light-dark(#f6f1ea, #221f1c));
  --line: var(--lectern-border, light-dark(#e2d9ce, #3a352f)); --accent: var(--lectern-accent, light-dark(#a8361c, #ff9a7d));
  --on-accent: var(--lectern-on-accent, light-dark(#fff, #2a0d05)); --warn: light-dark(#96230f, #ff9d85); --live: light-dark(#0f6b3c, #6fdca0);
  --radius: var(--lectern-radius, 8px); --top: var(--lectern-sticky-top, 0px);
  background: var(--paper); color: var(--ink); font: 400 1rem/1.45 var(--lectern-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
  font-size: var(--lectern-font-size, 1rem); letter-spacing: normal; word-spacing: normal; text-transform: none; text-indent: 0; text-align: start; text-shadow: none;
  white-space: normal; font-style: normal; font-variant: normal; overflow-wrap: anywhere; hyphens: manual; cursor: auto; list-style: none; border-collapse: separate;
}
button, select, input { font: inherit; color: inherit; letter-spacing: inherit; margin: 0; min-block-size: 2.1em; }
button { cursor: pointer; background: none; border: 1px solid transparent; border-radius: var(--radius); padding: 0.25em 0.7em; }
select, input { background: var(--raised); border: 1px solid var(--soft); border-radius: var(--radius); padding: 0.25em 0.6em; max-inline-size: 100%; }
.bar select { flex: 0 1 13em; min-inline-size: 0; }
a { color: inherit; text-decoration-color: transparent; text-underline-offset: 0.18em; }
a:hover { color: var(--accent); text-decoration-color: currentcolor; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; border-radius: 3px; }
h2, h3, p, ul, ol, dl, dd, table { margin: 0; padding: 0; font: inherit; }
ul, ol { list-style: none; }
.hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.bar { display: flex; flex-wrap: wrap; gap: 0.5em 0.9em; align-items: center; padding: 0.6em 0; }
.views { display: flex; flex-wrap: wrap; gap: 0.15em; }
.views button[aria-pressed="true"] { background: var(--accent); color: var(--on-accent); }
.bar input[type="search"] { flex: 1 1 9em; min-inline-size: 6em; }
.mine { border-color: var(--line); }
.mine[aria-pressed="true"] { background: var(--accent); color: var(--on-accent); }
.days { position: sticky; inset-block-start: var(--top); z-index: 4; background: var(--paper); border-block-end: 2px solid var(--ink); display: flex; gap: 0.2em; overflow-x: auto; block-size: 2.9em; align-items: end; }
.days button { white-space: nowrap; flex: none; border-radius: 0; border-block-end: 4px solid transparent; color: var(--soft); font-weight: 600; block-size: 100%; outline-offset: -4px; }
.days button[aria-current] { color: var(--accent); border-block-end-color: var(--accent); }
.note { padding: 0.6em 0.8em; margin-block: 0.6em; background: var(--raised); border-inline-start: 4px solid var(--accent); border-radius: 4px; }
.note input { inline-size: 100%; }
.note a, .prose a, .links a { color: var(--accent); text-decoration-color: currentcolor; }
.empty { padding: 1.6em 0; color: var(--soft); }
h2 { font-weight: 700; font-size: 1.15em; padding: 0.9em 0 0.4em; }
h2.sticky { position: sticky; inset-block-start: var(--top); background: var(--paper); z-index: 3; border-block-end: 2px solid var(--ink); }
.days ~ .content h2.sticky { inset-block-start: calc(var(--top) + 2.9em); }
.frame { position: relative; }
table { inline-size: 100%; table-layout: fixed; border-spacing: 4px; }
thead th { position: sticky; inset-block-start: calc(var(--top) + 2.9em); z-index: 3; background: var(--paper); font-weight: 700; text-align: start; padding: 0.5em 0.4em; border-block-end: 1px solid var(--line); }
thead th:first-child, tbody th { inline-size: 4.6em; }
tbody th { vertical-align: top; text-align: start; font-weight: 600; font-variant-numeric: tabular-nums; padding: 0.4em 0; white-space: nowrap; color: var(--soft); }
td { vertical-align: top; padding: 0; }
td > .slot { block-size: 100%; }
td.wide .pause { text-align: center; }
table { block-size: 1px; }
.now { position: absolute; inset-inline: 0; block-size: 0; border-block-start: 2px solid var(--live); z-index: 2; pointer-events: none; }
.now span { position: absolute; inset-inline-start: 0; inset-block-start: -0.8em; background: var(--live); color: var(--paper); font-size: 0.75em; font-weight: 700; padding: 0 0.5em; border-radius: 99px; }
.slot { position: relative; padding: 0.5em 0.6em; background: var(--raised); border-radius: var(--radius); border-inline-start: 4px solid var(--track, var(--line)); min-inline-size: 0; }
.slot.talk > .title { display: inline-block; padding-inline-end: 1.6em; }
.slot.pause { background: none; color: var(--soft); border-inline-start-color: transparent; }
td .slot.pause { background: color-mix(in srgb, var(--raised) 45%, transparent); }
.slot.running { box-shadow: inset 0 0 0 2px var(--live); }
.slot.cancelled .title { text-decoration: line-through; }
.title { font-weight: 650; }
.keynote .title { font-size: 1.12em; }
.pause .title { font-weight: 500; }
.people, .facts { color: var(--soft); font-size: 0.9em; margin-block-start: 0.15em; }
.facts > :not([hidden]) ~ :not([hidden])::before { content: " · "; color: var(--soft); font-weight: 400; }
.facts > [hidden] { display: none; }
.time { font-variant-numeric: tabular-nums; white-space: nowrap; }
.shift { color: var(--accent); font-weight: 700; }
.badge { font-weight: 700; color: var(--warn); }
.badge.live { color: var(--live); }
.badge.fresh { color: var(--accent); }
.star { position: absolute; inset-block-start: 0.2em; inset-inline-end: 0.2em; inline-size: 2em; block-size: 2em; min-block-size: 24px; padding: 0; font-size: 1.05em; line-height: 1; color: var(--soft); }
.star[aria-pressed="true"] { color: var(--accent); }
.slots > li { display: grid; grid-template-columns: 6.4em minmax(0, 1fr); gap: 0.2em 0.8em; padding-block: 0.35em; }
.slots .at { font-weight: 600; font-variant-numeric: tabular-nums; padding-block-start: 0.5em; color: var(--soft); white-space: nowrap; }
.cards { display: grid; gap: 0.5em; grid-template-columns: repeat(auto-fill, minmax(min(17em, 100%), 1fr)); }
.slots .cards { grid-template-columns: repeat(auto-fit, minmax(min(17em, 100%), 1fr)); }
.cards > li, .cards .slot { block-size: 100%; }
.within { margin-block-start: 0.4em; padding-inline-start: 0.7em; border-inline-start: 2px solid var(--line); font-size: 0.92em; }
.within li { padding-block: 0.15em; }
.columns { columns: 19em; column-gap: 2em; padding-block: 0.6em; }
.columns > li { break-inside: avoid; padding-block: 0.45em; border-block-end: 1px solid var(--line); }
dialog { inline-size: min(46rem, calc(100vw - 1.5rem)); max-block-size: calc(100dvh - 1.5rem); padding: 0; border: 1px solid var(--line); border-radius: calc(var(--radius) + 4px); background: var(--paper); color: var(--ink); overflow: auto; }
dialog::backdrop { background: rgb(0 0 0 / 0.55); }
.sheet { padding: 1.2em clamp(1em, 4vw, 1.8em) 1.6em; }
.close { position: sticky; inset-block-start: 0.5em; float: inline-end; inline-size: 2.4em; padding: 0; background: var(--raised); border: 1px solid var(--line); z-index: 1; }
dialog h2 { font-size: 1.5em; line-height: 1.2; padding-block-start: 0; padding-inline-end: 2em; }
dialog .people { font-size: 1.02em; color: var(--ink); }
.prose { margin-block-start: 1em; }
.prose > * + * { margin-block-start: 0.7em; }
.prose ul { list-style: disc; padding-inline-start: 1.3em; }
.prose ol { list-style: decimal; padding-inline-start: 1.3em; }
.prose pre { white-space: pre-wrap; background: var(--raised); padding: 0.6em; border-radius: 4px; }
.links { margin-block-start: 1em; display: flex; flex-wrap: wrap; gap: 0.3em 1.2em; }
.play { display: flex; align-items: center; justify-content: center; gap: 0.7em; inline-size: 100%; aspect-ratio: 16 / 9; max-block-size: 20em; margin-block-start: 1em; background: linear-gradient(140deg, #57200f, #2a1510 60%, #171210); color: #fff; font-weight: 600; text-decoration: none; border-radius: var(--radius); }
a.play:hover { color: #fff; }
.play .triangle { inline-size: 2.6em; block-size: 2.6em; border-radius: 50%; background: #fff; color: #a8361c; display: grid; place-items: center; }
iframe { display: block; inline-size: 100%; aspect-ratio: 16 / 9; border: 0; margin-block-start: 1em; background: #000; border-radius: var(--radius); }
@container (max-width: 30rem) { .views button { padding-inline: 0.5em; } .bar select { flex: 1 1 8em; } .slots > li { grid-template-columns: 1fr; } .slots .at { padding: 0; } }
@media print {
  .bar, .star, .now, .close, .links { display: none; }
  .days { position: static; overflow: visible; } .days button:not([aria-current]) { display: none; }
  thead th, h2.sticky { position: static; } .slot, tr { break-inside: avoid; }
}
`;
  let sheet = null;

  class LecternSchedule extends HTMLElement {
    static observedAttributes = ["edition", "src", "view", "day", "room", "track", "locale", "timezone"];

    #root = this.attachShadow({ mode: "open" });
    #live = h("p", { class: "hidden", role: "status", "aria-live": "polite" });
    #body = h("div", { class: "root", part: "root" });
    #dialog = h("dialog", { part: "dialog", "aria-labelledby": "lectern-title", close: () => this.#closed(), click: (event) => event.target === this.#dialog && this.#dialog.close() });
    #shell = h("div", null, h("slot"));
    #edition = null;
    #days = new Map();
    #state = {};
    #changes = new Map();
    #favourites = new Set();
    #offline = null;
    #fits = true;
    #started = 0;
    #source = null;
    #timers = new Set();
    #opener = null;
    #resized = new ResizeObserver(() => this.#resize());

    constructor() {
      super();
      if (!sheet) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
      }
      this.#root.adoptedStyleSheets = [sheet];
      this.#root.append(this.#live, this.#shell);
    }

    connectedCallback() {
      this.#resized.observe(this);
      addEventListener("online", this.#retry);
      this.#start();
    }

    disconnectedCallback() {
      this.#resized.disconnect();
      removeEventListener("online", this.#retry);
      this.#stop();
    }

    attributeChangedCallback(name, before, after) {
      if (!this.#started || before === after || !this.isConnected) return;
      if (name === "edition" || name === "src") this.#start();
      else {
        this.#readAttributes();
        if (name === "day" && this.#edition) this.#show(this.#state.day);
        else this.#render();
      }
    }

    /** The address of the server, with a slash at its end. */
    get #base() {
      return new URL(`${(this.getAttribute("src") ?? HOME).replace(/\/*$/, "")}/`, document.baseURI).href;
    }

    get #slug() {
      return this.getAttribute("edition") ?? "";
    }

    #address(path) {
      return `${this.#base}embed/editions/${encodeURIComponent(this.#slug)}/${path}`;
    }

    #readAttributes() {
      const view = this.getAttribute("view");
      Object.assign(this.#state, {
        view: view in VIEWS ? view : "grid",
        day: this.getAttribute("day") ?? this.#state.day ?? null,
        track: this.getAttribute("track") ?? "",
        room: this.getAttribute("room") ?? "",
      });
    }

    async #start() {
      this.#stop();
      const started = ++this.#started;
      this.#edition = null;
      this.#days.clear();
      this.#changes.clear();
      this.#state = { query: "", mine: false };
      this.#readAttributes();
      this.#favourites = new Set(kept.get(this.#key("favourites")) ?? []);
      this.#takeShared();
      const asked = this.getAttribute("day");
      try {
        const data = await this.#load(/^\d{4}-\d\d-\d\d$/.test(asked ?? "") ? asked : null);
        if (started !== this.#started) return;
        this.#take(data);
        this.#state.zone = this.#zone(this.getAttribute("timezone"));
        this.#state.day = data.day;
        this.toggleAttribute("data-ready", true);
        this.#shell.replaceChildren(this.#body, this.#dialog);
        this.#render();
        if (this.#needsAll()) this.#loadAll();
        this.#follow();
        this.#every(30_000, () => this.#tick());
      } catch (error) {
        if (started !== this.#started) return;
        this.toggleAttribute("data-ready", true);
        const text = error.isMissing
          ? `There is no schedule of the name “${this.#slug}”.`
          : "The schedule can't be loaded at the moment.";
        const again = error.isMissing ? null : h("button", { class: "mine", click: () => this.#start() }, "Try again");
        // What the page has inside of the element stays readable.
        this.#shell.replaceChildren(h("div", { class: "root", part: "root" }, h("p", { class: "note", part: "message", role: "alert" }, bdi(text), " ", again)), h("slot"));
        console.info(`lectern-schedule: ${error.message}`);
      }
    }

    #stop() {
      this.#source?.close();
      this.#source = null;
      this.#timers.forEach((timer) => clearTimeout(timer));
      this.#timers.clear();
    }

    #retry = () => {
      if (!this.#edition) this.#start();
      else if (this.#offline) this.#refresh();
    };

    #later(milliseconds, then) {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        then();
      }, milliseconds);
      this.#timers.add(timer);
    }

    #every(milliseconds, then) {
      this.#later(milliseconds, () => {
        then();
        this.#every(milliseconds, then);
      });
    }

    #key(name) {
      return `lectern:${this.#base}:${this.#slug}:${name}`;
    }

    // ------------------------------------------------------------------------------------------------ data

    /** The schedule of a day, or of the one to show first. What was last seen stands in for what can't be reached. */
    async #load(day) {
      const url = this.#address(day ? `days/${day}.json` : "schedule.json");
      // What may have changed is asked for each time: the answer is short where it has not.
      const cache = this.#edition?.status === "CONCLUDED" ? "default" : "no-cache";
      try {
        const response = await fetch(url, { cache, credentials: "omit" });
        if (response.status === 404) throw Object.assign(new Error(`nothing is at ${url}`), { isMissing: true });
        if (!response.ok) throw new Error(`${url} answers ${response.status}`);
        const data = await response.json();
        this.#offline = null;
        kept.set(`lectern:${url}`, { at: Date.now(), data });
        return data;
      } catch (error) {
        const last = error.isMissing ? null : kept.get(`lectern:${url}`);
        if (!last) throw error;
        this.#offline = last.at;
        return last.data;
      }
    }

    #take({ edition, day, slots }) {
      this.#edition = edition;
      for (const slot of slots) {
        slot.start = Date.parse(slot.startsAt);
        slot.end = Math.max(Date.parse(slot.endsAt), slot.start);
        slot.day = day;
      }
      if (day) this.#days.set(day, slots);
    }

    async #show(day) {
      this.#state.day = day;
      if (!this.#days.has(day)) {
        this.#render();
        try {
          this.#take(await this.#load(day));
        } catch {
          this.#say("That day can't be loaded at the moment.");
        }
      }
      this.#render();
    }

    #needsAll() {
      const { view, query, mine } = this.#state;
      return Boolean(query || mine || !["grid", "list"].includes(view));
    }

    async #loadAll() {
      const missing = (this.#edition?.days ?? []).filter((day) => !this.#days.has(day.date));
      if (!missing.length) return;
      const loaded = await Promise.allSettled(missing.map((day) => this.#load(day.date)));
      loaded.forEach((result) => result.status === "fulfilled" && this.#take(result.value));
      this.#render();
    }

    /** Reads the loaded days anew, and marks what has changed. */
    async #refresh() {
      const days = [...this.#days.keys()];
      const before = new Map([...this.#days.values()].flat().map((slot) => [slot.id, slot]));
      const loaded = await Promise.allSettled(days.map((day) => this.#load(day)));
      loaded.forEach((result) => result.status === "fulfilled" && this.#take(result.value));
      const news = [];
      const now = [...this.#days.values()].flat();
      for (const slot of now) {
        const old = before.get(slot.id);
        const change = !old
          ? { badge: "New", text: "added" }
          : old.start !== slot.start || old.room?.slug !== slot.room?.slug
            ? { badge: "Moved", text: `moved from ${this.#time(old.start)}${old.room ? `, ${this.#room(old)}` : ""}` }
            : old.title !== slot.title
              ? { badge: "Renamed", text: `was “${old.title}”` }
              : old.talk?.status !== slot.talk?.status && slot.talk?.status === "CANCELLED"
                ? { badge: "", text: "cancelled" }
                : null;
        if (change) {
          this.#changes.set(slot.id, change);
          news.push(`${slot.title}: ${change.text}`);
        }
        before.delete(slot.id);
      }
      before.forEach((slot) => news.push(`${slot.title}: no longer on the schedule`));
      this.#render();
      if (news.length) {
        this.#say(news.slice(0, 5).join(". "));
        this.dispatchEvent(new CustomEvent("lectern-changed", { bubbles: true, composed: true, detail: { changes: news } }));
      }
    }

    /** Follows the changes of an edition that is not over: by its stream of events, or else by asking now and then. */
    #follow() {
      if (["CONCLUDED", "CANCELLED"].includes(this.#edition.status)) return;
      if (!window.EventSource || this.#offline) return this.#poll();
      const { slug, contentRevision } = this.#edition;
      const source = new EventSource(`${this.#base}api/v1/changes/stream?edition=${encodeURIComponent(slug)}&since=${contentRevision}`);
      this.#source = source;
      // Many browsers hear of a change at once, and ask for it one after the other.
      let isDue = false;
      const changed = () => {
        if (isDue) return;
        isDue = true;
        this.#later(200 + Math.random() * 1300, () => {
          isDue = false;
          this.#refresh();
        });
      };
      source.addEventListener("change", changed);
      source.addEventListener("message", changed);
      source.addEventListener("error", () => {
        if (source.readyState === EventSource.CLOSED && this.#source === source) {
          this.#source = null;
          this.#poll();
        }
      });
    }

    #poll() {
      this.#later(MINUTE * (0.75 + Math.random() / 2), () => {
        if (!document.hidden) this.#refresh();
        this.#poll();
      });
    }

    // ------------------------------------------------------------------------------------------------ time

    get #locale() {
      return this.getAttribute("locale") || document.documentElement.lang || undefined;
    }

    #zone(asked) {
      const own = this.#edition.timezone;
      if (asked === "viewer" || asked === "local") return this.#viewerZone;
      try {
        return asked && asked !== "conference" ? new Intl.DateTimeFormat("en", { timeZone: asked }).resolvedOptions().timeZone : own;
      } catch {
        return own;
      }
    }

    get #viewerZone() {
      return Intl.DateTimeFormat().resolvedOptions().timeZone;
    }

    #format(options, at) {
      try {
        return new Intl.DateTimeFormat(this.#locale, options).format(at);
      } catch {
        return new Intl.DateTimeFormat("en", options).format(at);
      }
    }

    #time(at) {
      // A schedule has hours from 0 to 23 unless a locale is asked for.
      const cycle = this.hasAttribute("locale") ? {} : { hourCycle: "h23" };
      return this.#format({ hour: "2-digit", minute: "2-digit", timeZone: this.#state.zone, ...cycle }, at);
    }

    /** How many days a moment is after its conference day, where the reader is: "+1". */
    #shift(at, day) {
      const date = new Intl.DateTimeFormat("en-CA", { timeZone: this.#state.zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
      const days = Math.round((Date.parse(date) - Date.parse(day)) / DAY);
      return days ? `${days > 0 ? "+" : "−"}${Math.abs(days)}` : "";
    }

    #timeOf(at, day) {
      const shift = this.#shift(at, day);
      return h("time", { class: "time", datetime: new Date(at).toISOString() }, this.#time(at), shift && h("span", { class: "shift" }, ` ${shift}`, h("span", { class: "hidden" }, " days")));
    }

    #dateOf(day, options) {
      return this.#format({ timeZone: "UTC", ...options }, new Date(`${day}T12:00:00Z`));
    }

    #span(slot) {
      return [this.#timeOf(slot.start, slot.day), "–", slot.endIsEstimated && "about ", this.#timeOf(slot.end, slot.day)];
    }

    // ------------------------------------------------------------------------------------------------ what is shown

    #room(slot) {
      return this.#edition.rooms.find((room) => room.slug === slot.room?.slug)?.name ?? slot.place?.name ?? "";
    }

    #track(slot) {
      return this.#edition.tracks.find((track) => track.slug === slot.talk?.track?.slug);
    }

    /** The talks in a slot: its own, and those of a round. */
    #talksOf(slot) {
      return slot.talk ? [slot.talk, ...(slot.talk.talks ?? [])] : [];
    }

    #isKept(slot) {
      const { track, room, mine, query } = this.#state;
      if (track && slot.talk?.track?.slug !== track) return false;
      if (room && slot.room && slot.room.slug !== room) return false;
      if (mine && !this.#talksOf(slot).some((talk) => this.#favourites.has(talk.id))) return false;
      return !query || this.#matches(slot);
    }

    #matches(slot) {
      const words = this.#state.query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
      const people = (talk) => talk.appearances.flatMap((it) => [it.creditedAs, it.speaker.name, ...it.companies.map((company) => company.name)]);
      const texts = [slot.title, this.#room(slot), this.#track(slot)?.name, ...this.#talksOf(slot).flatMap((talk) => [talk.title, ...people(talk)])];
      const text = texts.join("\n").toLocaleLowerCase();
      return words.every((word) => text.includes(word));
    }

    #slotsOf(day) {
      return (this.#days.get(day) ?? []).filter((slot) => this.#isKept(slot));
    }

    #allSlots() {
      return this.#edition.days.flatMap((day) => this.#slotsOf(day.date));
    }

    #resize() {
      const fits = this.#fitsGrid();
      if (fits !== this.#fits && this.#edition) this.#render();
    }

    #fitsGrid() {
      const rooms = new Set((this.#days.get(this.#state.day) ?? []).map((slot) => slot.room?.slug)).size;
      return this.clientWidth >= 80 + Math.max(1, rooms) * COLUMN;
    }

    #render() {
      if (!this.#edition) return;
      const focused = this.#root.activeElement?.dataset?.key;
      const selection = this.#root.activeElement?.selectionStart;
      const { view, day, query, mine } = this.#state;
      this.#fits = this.#fitsGrid();
      const isByDay = ["grid", "list"].includes(view) && !query && !mine;
      const content = isByDay ? (view === "grid" && this.#fits ? this.#grid(day) : this.#list(day)) : this.#wide(view);
      this.#body.replaceChildren(
        this.#bar(),
        this.#offline ? h("p", { class: "note", part: "message" }, `This is the schedule as it was loaded on ${this.#format({ dateStyle: "medium", timeStyle: "short" }, this.#offline)}; the server can't be reached.`) : "",
        mine ? this.#shared() : "",
        isByDay ? this.#dayBar() : "",
        h("div", { class: "content" }, content),
      );
      this.#tick();
      const again = focused && this.#root.querySelector(`[data-key="${CSS.escape(focused)}"]`);
      if (again) {
        again.focus({ preventScroll: true });
        if (again.type === "search") again.setSelectionRange(selection, selection);
      }
    }

    #set(state) {
      Object.assign(this.#state, state);
      this.#render();
      if (this.#needsAll()) this.#loadAll();
    }

    #bar() {
      const { view, track, query, mine, zone } = this.#state;
      const { tracks, timezone } = this.#edition;
      const views = Object.entries(VIEWS).map(([name, label]) =>
        h("button", { type: "button", "data-key": `view-${name}`, "aria-pressed": String(view === name), click: () => this.#set({ view: name }) }, label));
      const option = (value, label, chosen) => h("option", { value, selected: chosen === value }, label);
      const zones = [...new Set([timezone, this.#viewerZone, zone])];
      const names = { [this.#viewerZone]: "your time", [timezone]: "conference time" };
      return h("div", { class: "bar", part: "toolbar" },
        h("div", { class: "views", role: "group", "aria-label": "View" }, views),
        h("input", {
          type: "search", "data-key": "search", placeholder: "Search", "aria-label": "Search the schedule", value: query,
          input: (event) => this.#set({ query: event.target.value.trim() ? event.target.value : "" }),
        }),
        tracks.length ? h("select", { "data-key": "track", "aria-label": "Track", change: (event) => this.#set({ track: event.target.value }) },
          option("", "All tracks", track), tracks.map((it) => option(it.slug, it.name, track))) : "",
        zones.length > 1 ? h("select", { "data-key": "zone", "aria-label": "Time zone", change: (event) => this.#set({ zone: event.target.value }) },
          zones.map((it) => option(it, names[it] ? `${it} (${names[it]})` : it, zone))) : h("span", { class: "facts" }, timezone),
        h("button", { type: "button", class: "mine", "data-key": "mine", "aria-pressed": String(mine), click: () => this.#set({ mine: !mine }) }, `★ My schedule (${this.#favourites.size})`),
      );
    }

    #dayBar() {
      const days = this.#edition.days.map(({ date, index }) =>
        h("button", {
          type: "button", "data-key": `day-${date}`, "aria-current": date === this.#state.day ? "date" : null, click: () => this.#show(date),
        }, `Day ${index} · ${this.#dateOf(date, { weekday: "short", day: "numeric", month: "short" })}`));
      return h("div", { class: "days", part: "days", role: "group", "aria-label": "Day" }, days);
    }

    #title(slot, talk = slot.talk) {
      if (!talk) return h("span", { class: "title" }, bdi(slot.title));
      return h("a", {
        class: "title", part: "title", href: harmless(this.#home(talk.url)), lang: talk.language, "data-key": `talk-${slot.id}-${talk.id}`,
        click: (event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
          event.preventDefault();
          this.#open(slot, talk, event.currentTarget);
        },
      }, bdi(talk.title));
    }

    /** The page of a thing. On a site of files it is where the site is, whatever its address was when it was made. */
    #home(url) {
      const root = this.#edition.url.slice(0, this.#edition.url.indexOf("/editions/"));
      return url.startsWith(`${root}/`) ? `${this.#base}${url.slice(root.length + 1)}` : url;
    }

    #people(talk, withCompanies = true) {
      if (!talk?.appearances.length) return "";
      return h("p", { class: "people" }, talk.appearances.map((it, place) => [
        place ? ", " : "", bdi(it.creditedAs), it.role === "SPEAKER" ? "" : ` (${it.role.toLowerCase()})`,
        withCompanies && it.companies.length ? [" (", bdi(it.companies.map((company) => company.name).join(" / ")), ")"] : "",
      ]));
    }

    #star(talk) {
      const isOn = this.#favourites.has(talk.id);
      return h("button", {
        type: "button", class: "star", part: "star", "data-key": `star-${talk.id}`, "aria-pressed": String(isOn), "aria-label": `My schedule: ${talk.title}`,
        click: () => this.#toggle(talk),
      }, isOn ? "★" : "☆");
    }

    #toggle(talk) {
      if (!this.#favourites.delete(talk.id)) this.#favourites.add(talk.id);
      kept.set(this.#key("favourites"), [...this.#favourites]);
      this.#render();
    }

    /** The card of a slot. `shows` says what else is told than what it is. */
    #card(slot, { time = false, room = false, date = false } = {}) {
      const { talk } = slot;
      const track = this.#track(slot);
      const change = this.#changes.get(slot.id);
      const name = this.#room(slot);
      const clash = this.#state.mine ? this.#clashes(slot) : [];
      const facts = [
        date && h("span", null, this.#dateOf(slot.day, { weekday: "short", day: "numeric", month: "short" })),
        time && h("span", null, h("bdi", { dir: "ltr" }, this.#span(slot))),
        room && name && h("span", null, bdi(name)),
        track && h("span", null, bdi(track.name)),
        KINDS[talk?.kind] && h("span", null, KINDS[talk.kind]),
        talk?.status === "CANCELLED" && h("span", { class: "badge" }, "Cancelled"),
        change?.badge && h("span", { class: "badge fresh", title: change.text }, change.badge, h("span", { class: "hidden" }, ` (${change.text})`)),
        talk?.recordings.length > 0 && h("span", null, "▶ Recording"),
        h("span", { class: "badge live", hidden: true, "data-running": `${slot.start} ${slot.end}` }, "On now"),
        clash.length > 0 && h("span", { class: "badge" }, "At the same time: ", bdi(clash.map((other) => other.title).join(", "))),
      ].filter(Boolean);
      const card = h("div", {
        class: `slot ${talk ? "talk" : "pause"}${talk?.kind === "KEYNOTE" ? " keynote" : ""}${talk?.status === "CANCELLED" ? " cancelled" : ""}`,
        part: `slot ${talk ? "talk" : "pause"}`, "data-slot": slot.id,
      },
        this.#title(slot), this.#people(talk), facts.length ? h("p", { class: "facts" }, facts) : "",
        talk?.talks?.length ? h("ul", { class: "within" }, talk.talks.map((each) => h("li", null, this.#title(slot, each), this.#people(each, false)))) : "",
        talk ? this.#star(talk) : "",
      );
      if (/^#[0-9a-f]{6}$/i.test(track?.color ?? "")) card.style.setProperty("--track", track.color);
      return card;
    }

    #clashes(slot) {
      return this.#allSlots().filter((other) => other !== slot && other.talk && slot.talk && other.start < slot.end && slot.start < other.end);
    }

    #emptiness(day) {
      if (!this.#days.has(day)) return h("p", { class: "empty", role: "status" }, "Loading …");
      return h("p", { class: "empty" }, this.#days.get(day).length ? "Nothing of it is on this day." : "Nothing is scheduled on this day yet.");
    }

    /** Slots by time. */
    #list(day) {
      const slots = this.#slotsOf(day);
      if (!slots.length) return day ? this.#emptiness(day) : h("p", { class: "empty" }, "There is no schedule yet.");
      const starts = [...new Set(slots.map((slot) => slot.start))];
      return h("ol", { class: "slots", part: "list" }, starts.map((start) =>
        h("li", null,
          h("p", { class: "at" }, this.#timeOf(start, day)),
          h("ul", { class: "cards" }, slots.filter((slot) => slot.start === start).map((slot) => h("li", null, this.#card(slot, { time: true, room: true })))))));
    }

    /** Rooms by time, as a table. A row begins where a slot does and is as high as what is in it, so a short talk is
        as legible as a long one. */
    #grid(day) {
      const all = this.#slotsOf(day);
      if (!all.length) return day ? this.#emptiness(day) : h("p", { class: "empty" }, "There is no schedule yet.");
      // A registration that lasts all day stands above the table: it would be as high as all of it.
      const isBackground = (slot) => !slot.talk && slot.end - slot.start >= 180 * MINUTE && all.some((other) => other !== slot && other.start < slot.end && slot.start < other.end);
      const background = all.filter(isBackground);
      const slots = all.filter((slot) => !background.includes(slot));
      const starts = [...new Set(slots.map((slot) => slot.start))].sort((a, b) => a - b);
      const rows = new Map(slots.map((slot) => {
        const from = starts.indexOf(slot.start);
        const to = starts.findIndex((start, row) => row > from && start >= slot.end);
        return [slot, { from, to: to < 0 ? starts.length : to }];
      }));
      const meets = (a, b) => a !== b && rows.get(a).from < rows.get(b).to && rows.get(b).from < rows.get(a).to;
      // What has no room is everywhere, unless something else is on meanwhile.
      const isWide = (slot) => !slot.room && !slots.some((other) => meets(slot, other));
      const wide = new Set(slots.filter(isWide));
      const columns = [...this.#edition.rooms.map((room) => ({ name: room.name, slots: slots.filter((slot) => slot.room?.slug === room.slug) })),
        { name: this.#edition.rooms.length ? "Elsewhere" : "Schedule", slots: slots.filter((slot) => !slot.room && !wide.has(slot)) }]
        .filter((column) => column.slots.length)
        .map(({ name, slots: inside }) => ({ name, lanes: this.#lanes(inside, rows) }));
      if (!columns.length) columns.push({ name: "Schedule", lanes: [[]] });
      const lanes = columns.flatMap((column) => column.lanes);
      const body = starts.map((start, row) => {
        const cells = lanes.map((lane) => {
          if (lane.some((slot) => rows.get(slot).from < row && rows.get(slot).to > row)) return "";
          const slot = lane.find((each) => rows.get(each).from === row);
          return slot ? h("td", { rowspan: rows.get(slot).to - row }, this.#card(slot, { time: true })) : h("td");
        });
        const across = [...wide].filter((slot) => rows.get(slot).from === row);
        const shown = across.length ? [h("td", { class: "wide", colspan: lanes.length }, this.#card(across[0], { time: true, room: true }))] : cells;
        return h("tr", { "data-start": start }, h("th", { scope: "row" }, this.#timeOf(start, day)), shown);
      });
      const table = h("table", { part: "grid" },
        h("caption", { class: "hidden" }, `${this.#edition.name}, ${this.#dateOf(day, { dateStyle: "full" })}: times down, rooms across`),
        h("thead", null, h("tr", null, h("th", { scope: "col" }, h("span", { class: "hidden" }, "Time")),
          columns.map(({ name, lanes: { length } }) => h("th", { scope: "col", colspan: length, part: "room" }, bdi(name))))),
        h("tbody", null, body));
      return [
        background.length ? h("ul", { class: "cards" }, background.map((slot) => h("li", null, this.#card(slot, { time: true, room: true })))) : "",
        h("div", { class: "frame" }, table, h("div", { class: "now", "aria-hidden": "true", hidden: true }, h("span", null, "now"))),
      ];
    }

    /** The slots of a room side by side, where they overlap. */
    #lanes(slots, rows) {
      const lanes = [];
      for (const slot of slots) {
        const free = lanes.find((lane) => rows.get(lane.at(-1)).to <= rows.get(slot).from);
        if (free) free.push(slot);
        else lanes.push([slot]);
      }
      return lanes;
    }

    /** What is not of one day. */
    #wide(view) {
      const slots = this.#allSlots();
      const waiting = this.#edition.days.some((day) => !this.#days.has(day.date));
      const nothing = h("p", { class: "empty", role: "status" }, waiting ? "Loading …" : this.#state.mine ? "Nothing is on it yet: a star puts a talk on it." : "Nothing is found.");
      if (!slots.length) return nothing;
      if (view === "speakers") return this.#speakers(slots) ?? nothing;
      const places = { time: true, room: true };
      if (view === "recordings" || view === "talks") {
        const talks = this.#talkSlots(slots).filter(({ talk }) => view === "talks" || talk.recordings.length);
        if (!talks.length) return nothing;
        return h("ul", { class: "cards" }, talks.map((slot) => h("li", null, this.#card(slot, { ...places, date: true }))));
      }
      return this.#edition.days.map(({ date, index }) => {
        const ofDay = this.#slotsOf(date);
        return ofDay.length === 0 ? "" : h("section", null,
          h("h2", { class: "sticky" }, `Day ${index} · ${this.#dateOf(date, { dateStyle: "full" })}`), this.#list(date));
      });
    }

    /** The talks as slots by title, those of rounds among them. */
    #talkSlots(slots) {
      const each = slots.flatMap((slot) => this.#talksOf(slot).map((talk) => ({ ...slot, title: talk.title, talk: { track: slot.talk.track, ...talk, talks: [] } })));
      const seen = new Set();
      const once = each.filter(({ talk }) => talk.kind !== "LIGHTNING_BLOCK" && !seen.has(talk.id) && seen.add(talk.id));
      return once.sort((a, b) => a.title.localeCompare(b.title, this.#locale));
    }

    #speakers(slots) {
      const people = new Map();
      for (const slot of slots) {
        for (const talk of this.#talksOf(slot)) {
          for (const { speaker, companies } of talk.appearances) {
            const person = people.get(speaker.slug) ?? { speaker, companies: new Set(), talks: new Map() };
            companies.forEach((company) => person.companies.add(company.name));
            person.talks.set(talk.id, [slot, talk]);
            people.set(speaker.slug, person);
          }
        }
      }
      if (!people.size) return null;
      const sorted = [...people.values()].sort((a, b) => a.speaker.name.localeCompare(b.speaker.name, this.#locale));
      return h("ul", { class: "columns", part: "speakers" }, sorted.map(({ speaker, companies, talks }) => h("li", null,
        h("a", { class: "title", href: harmless(this.#home(speaker.url)), target: "_blank", rel: "noopener" }, bdi(speaker.name)),
        companies.size ? h("span", { class: "people" }, " ", bdi([...companies].join(", "))) : "",
        h("ul", { class: "within" }, [...talks.values()].map(([slot, talk]) => h("li", null, this.#title(slot, talk)))))));
    }

    /** The time as it goes on: the line at now, and what is on. */
    #tick() {
      const now = Date.now();
      for (const badge of this.#body.querySelectorAll("[data-running]")) {
        const [start, end] = badge.dataset.running.split(" ").map(Number);
        badge.hidden = now < start || now >= end;
        badge.closest(".slot").classList.toggle("running", !badge.hidden);
      }
      const line = this.#body.querySelector(".now");
      if (!line) return;
      const rows = [...this.#body.querySelectorAll("tr[data-start]")];
      const starts = rows.map((row) => Number(row.dataset.start));
      const end = Math.max(...(this.#days.get(this.#state.day) ?? []).map((slot) => slot.end));
      const row = starts.findLastIndex((start) => start <= now);
      line.hidden = row < 0 || now >= end;
      if (line.hidden) return;
      const share = (now - starts[row]) / ((starts[row + 1] ?? end) - starts[row]);
      line.style.setProperty("inset-block-start", `${rows[row].offsetTop + rows[row].offsetHeight * Math.min(share, 1)}px`);
    }

    #say(text) {
      this.#live.textContent = text;
    }

    // ------------------------------------------------------------------------------------------------ my schedule

    /** Takes favourites from the address that another device was given. */
    #takeShared() {
      const shared = new RegExp(`[#&]lectern-favourites=${CSS.escape(this.#slug)}:([0-9a-f,-]+)`).exec(location.hash);
      if (!shared) return;
      shared[1].split(",").forEach((id) => this.#favourites.add(id));
      kept.set(this.#key("favourites"), [...this.#favourites]);
      this.#state.mine = true;
    }

    /** How my schedule gets elsewhere: a file, an address to subscribe to, a link for another device. */
    #shared() {
      if (!this.#favourites.size) return "";
      const ids = [...this.#favourites].join(",");
      const link = `${location.href.split("#")[0]}#lectern-favourites=${this.#slug}:${ids}`;
      const calendar = `${this.#base}editions/${encodeURIComponent(this.#edition.slug)}/schedule.ics?talk=${ids}`;
      return h("div", { class: "note", part: "favourites" },
        h("button", { type: "button", class: "mine", "data-key": "ics", click: () => this.#download() }, "Save as calendar (.ics)"), " ",
        this.#edition.isStatic ? "" : h("a", { href: calendar.replace(/^http/, "webcal") }, "Subscribe in a calendar program"),
        h("label", { class: "facts" }, " On another device, open ", h("input", { readonly: true, value: link, "data-key": "link", focus: (event) => event.target.select() })));
    }

    #download() {
      const url = URL.createObjectURL(new Blob([this.calendar()], { type: "text/calendar;charset=utf-8" }));
      const anchor = h("a", { href: url, download: `${this.#edition.slug}.ics` });
      this.#root.append(anchor);
      anchor.click();
      anchor.remove();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    }

    /** My schedule as iCalendar (RFC 5545), with the UIDs of the server's own calendars. */
    calendar() {
      const text = (value) => String(value ?? "").replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, " ").replace(/[\\;,]/g, "\\$&").replace(/\n/g, "\\n");
      const utc = (at) => new Date(at).toISOString().replace(/[-:]|\.\d+/g, "");
      const host = new URL(this.#edition.url).hostname;
      const mine = this.#edition.days.flatMap((day) => this.#days.get(day.date) ?? []).filter((slot) => this.#talksOf(slot).some((talk) => this.#favourites.has(talk.id)));
      const events = mine.flatMap((slot) => {
        const isCancelled = slot.talk.status === "CANCELLED";
        return ["BEGIN:VEVENT", `UID:${slot.id}@${host}`, `DTSTAMP:${utc(Date.now())}`, `DTSTART:${utc(slot.start)}`, `DTEND:${utc(slot.end)}`,
          `SUMMARY:${isCancelled ? "Cancelled: " : ""}${text(slot.title)}`, `LOCATION:${text(this.#room(slot) || "TBA")}`, `URL:${slot.talk.url}`,
          `STATUS:${isCancelled ? "CANCELLED" : "CONFIRMED"}`, "END:VEVENT"];
      });
      const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Lectern//lectern-schedule//EN", `X-WR-CALNAME:${text(this.#edition.name)}`, ...events, "END:VCALENDAR"];
      // A line has 75 octets at most, and no character is cut in two.
      const folded = lines.flatMap((line) => {
        const parts = [""];
        let size = 0;
        for (const character of line) {
          const octets = new TextEncoder().encode(character).length;
          if (size + octets > 74) {
            parts.push(" ");
            size = 1;
          }
          parts[parts.length - 1] += character;
          size += octets;
        }
        return parts;
      });
      return `${folded.join("\r\n")}\r\n`;
    }

    // ------------------------------------------------------------------------------------------------ a talk

    async #open(slot, talk, opener) {
      this.#opener = opener.dataset.key;
      const details = h("div");
      const fill = (more) => {
        const date = this.#format({ dateStyle: "full", timeZone: this.#state.zone }, slot.start);
        const room = this.#room(slot);
        const part = talk.recordings[0];
        details.replaceChildren(...[
          more?.subtitle ? h("p", null, bdi(more.subtitle)) : "",
          talk.status === "CANCELLED" ? h("p", { class: "badge" }, "This talk was cancelled.") : "",
          this.#people(talk),
          h("p", { class: "facts" }, h("span", null, date, ", ", this.#time(slot.start), "–", this.#time(slot.end), ` (${this.#state.zone})`), room ? h("span", null, bdi(room)) : ""),
          part ? this.#recording(part, talk) : "",
          more?.abstract ? h("div", { class: "prose", part: "abstract", lang: talk.language }, more.abstract.map(prose)) : "",
          talk.talks?.length ? h("ul", { class: "within" }, talk.talks.map((each) => h("li", null, this.#title(slot, each), this.#people(each)))) : "",
          h("p", { class: "links" },
            (more?.links ?? []).map(({ text, url }) => harmless(url) ? h("a", { href: url, target: "_blank", rel: "noopener" }, bdi(text)) : ""),
            h("a", { href: harmless(this.#home(talk.url)), target: "_blank", rel: "noopener" }, "Page of the talk"),
            h("a", { href: `${this.#base}talks/${talk.id}.ics` }, "Calendar (.ics)")),
        ].filter(Boolean));
      };
      fill(null);
      this.#dialog.replaceChildren(h("div", { class: "root sheet" },
        h("button", { type: "button", class: "close", "aria-label": "Close", click: () => this.#dialog.close() }, "✕"),
        h("h2", { id: "lectern-title", lang: talk.language }, bdi(talk.title)), details));
      if (!this.#dialog.open) this.#dialog.showModal();
      this.dispatchEvent(new CustomEvent("lectern-open", { bubbles: true, composed: true, detail: { talk: talk.slug, url: talk.url } }));
      const url = this.#address(`talks/${encodeURIComponent(talk.slug)}.json`);
      try {
        const response = await fetch(url, { credentials: "omit" });
        if (!response.ok) return;
        const more = await response.json();
        // Somebody may have gone on, or already watches.
        if (more.id === talk.id && details.isConnected && !details.querySelector("iframe")) fill(more);
      } catch {
        // What is known of the talk is shown already.
      }
    }

    #recording({ url, startSeconds, recording }, talk) {
      const provider = PROVIDERS[recording.provider] ?? "its site";
      const label = [h("span", { class: "triangle", "aria-hidden": "true" }, "▶"), h("span", null, `Watch the recording on ${provider}`)];
      return h("a", {
        class: "play", part: "play", href: harmless(url), target: "_blank", rel: "noopener",
        click: (event) => {
          const frame = recording.embedUrl && player(recording.embedUrl, talk.title, startSeconds);
          if (!frame) return;
          event.preventDefault();
          event.currentTarget.replaceWith(frame);
          frame.focus();
        },
      }, label);
    }

    #closed() {
      this.#dialog.replaceChildren();
      this.#root.querySelector(`[data-key="${CSS.escape(this.#opener ?? "")}"]`)?.focus();
    }
  }

  /** A recording: a link, which becomes a player in its place. */
  class LecternPlayer extends HTMLElement {
    connectedCallback() {
      this.addEventListener("click", (event) => {
        const link = event.target.closest("a");
        if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
        const source = this.getAttribute("src") ?? "";
        const second = Number.parseInt(new URLSearchParams(location.search).get("t"), 10) || null;
        const frame = player(source, this.getAttribute("label") ?? "", second);
        if (!frame) return;
        event.preventDefault();
        this.replaceChildren(frame);
        frame.focus();
      });
    }
  }

  /** A form that searches: its box completes what somebody types, by the server's suggestions. */
  class LecternSearch extends HTMLElement {
    #list = h("datalist", { id: "lectern-suggestions" });
    #asked = "";

    connectedCallback() {
      const box = this.querySelector("input");
      if (!box) return;
      this.append(this.#list);
      box.setAttribute("list", this.#list.id);
      let timer = 0;
      box.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(() => this.#suggest(box.value.trim()), 120);
      });
    }

    async #suggest(text) {
      if (text.length < 2 || text === this.#asked) return;
      this.#asked = text;
      try {
        const response = await fetch(`${this.getAttribute("src")}?${new URLSearchParams({ q: text, limit: 8 })}`);
        if (!response.ok || text !== this.#asked) return;
        const { data } = await response.json();
        this.#list.replaceChildren(...data.map(({ label, detail }) => h("option", { value: label }, detail ?? "")));
      } catch {
        // The search works without suggestions.
      }
    }
  }

  customElements.define("lectern-schedule", LecternSchedule);
  customElements.define("lectern-search", LecternSearch);
  customElements.define("lectern-player", LecternPlayer);

  // A frame tells its height to the page that it is in.
  if (document.documentElement.hasAttribute("data-lectern-frame") && parent !== window) {
    const tell = () => parent.postMessage({ type: "lectern-height", height: Math.ceil(document.documentElement.getBoundingClientRect().height) }, "*");
    new ResizeObserver(tell).observe(document.documentElement);
    tell();
  }
})();
