// The review: a query on the left, a candidate on the right, moved and zoomed as one. Questions are fetched ahead and
// their pictures decoded before they are shown, so that a key is answered at once. Answers are sent in their order, and
// again until the server has confirmed them; each has a token of its own, so that none is written twice.

import overlays from "/static/overlays.js";

const AHEAD = 6;
const LINES = 24;
const SHARP = [720, 1600, 3200];
const FINAL = new Set([400, 404, 409, 410, 413, 422]); // statuses that asking again would not change
const UNANSWERED = "The server cannot be reached.";

const token = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function ask(address, body) {
  const options = body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  const answer = await fetch(address, options);
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const detail = typeof said.detail === "string" ? said.detail : answer.statusText;
    throw Object.assign(new Error(detail), { status: answer.status });
  }
  return said;
}

// The pictures that are to come, held so that the browser keeps them in memory: one press of a key in twenty would
// else wait for its disk.
const KEPT = 60;
const pictures = new Map();
function picture(address, size) {
  const url = `${address}&size=${size}`;
  if (!pictures.has(url)) {
    const image = new Image();
    image.src = url;
    image.decode().catch(() => {});
    pictures.set(url, image);
    if (pictures.size > KEPT) pictures.delete(pictures.keys().next().value);
  }
  return url;
}

// What is not confirmed yet lies in the browser, an entry each, so that two windows do not write over one another's. It
// belongs to one person and one catalogue: nobody else's answers are sent under this name.
const unsentOf = (keep) => Object.keys(localStorage).filter((key) => key.startsWith(`${keep} `)).sort().map((key) => ({ key, ...JSON.parse(localStorage[key]) }));

// The next name, in the manner of this one.
const after = (name) => name.replace(/([0-9]*)$/, (digits) => (digits ? String(Number(digits) + 1).padStart(digits.length, "0") : " 2"));

export default {
  mixins: [overlays],
  props: { only: Number, settle: Boolean, keep: String },
  data: () => ({
    queue: [], past: [], at: 0, photo: 0, waiting: null, loading: true, fault: "", refusals: [], message: "", lines: [], unsent: [], busy: false,
    view: { zoom: 1, x: 0, y: 0, turn: 0 }, bright: 1, spots: false, help: false, naming: "", name: "", found: [], foundFor: null, pick: 0, used: [],
    together: true, verdict: "", size: 1600, fine: 0, sizes: {}, drag: null, fingers: new Map(),
  }),
  computed: {
    question() { return this.queue[0]; },
    choice() { return this.question?.choices[this.at]; },
    other() { return this.choice?.photos[this.photo]; },
    many() { return this.together ? this.question?.together.length ?? 1 : 1; },
    total() { return this.waiting ? Object.values(this.waiting).reduce((a, b) => a + b, 0) : 0; },
    joined() { return this.spots ? this.matches.slice(0, LINES) : []; },
    imageStyle() {
      const { zoom, x, y, turn } = this.view;
      return { transform: `translate(${x}px, ${y}px) rotate(${turn}deg) scale(${zoom})`, filter: this.bright === 1 ? "" : `brightness(${this.bright})` };
    },
  },
  watch: {
    view: { deep: true, handler() { this.joinUp(); } },
    joined() { this.joinUp(); },
    sizes: { deep: true, handler() { this.joinUp(); } },
  },
  async mounted() {
    this.keys = (event) => this.key(event);
    window.addEventListener("keydown", this.keys);
    this.size = this.sharp(1);
    this.resized = () => { this.size = this.sharp(1); this.sizes = {}; this.measure(); };
    window.addEventListener("resize", this.resized);
    this.unsent = unsentOf(this.keep);
    this.send();
    await this.fill();
    this.loading = false;
    // Nothing here needs the socket, and a page that reloads itself after a break would forget what can be undone.
    window.socket?.disconnect();
  },
  beforeUnmount() {
    window.removeEventListener("keydown", this.keys);
    window.removeEventListener("resize", this.resized);
  },
  methods: {
    async fill() {
      if (this.filling || (this.only && this.past.length)) return;
      this.filling = true;
      try {
        if (this.only) {
          if (!this.queue.length) this.queue = [await ask(`/api/review/questions/${this.only}`)];
        } else if (this.queue.length < AHEAD && !this.dry) {
          const have = [...this.queue.map((q) => q.query.annotation), ...this.unsent.flatMap((item) => item.of), ...this.passed()];
          const query = new URLSearchParams({ count: AHEAD });
          have.filter((id) => id > 0).slice(-400).forEach((id) => query.append("leave_out", id));
          if (this.verdict) query.set("verdict", this.verdict);
          const next = await ask(`/api/review/queue?${query}`);
          const known = new Set(this.queue.map((q) => q.query.annotation));
          this.queue.push(...next.questions.filter((q) => !known.has(q.query.annotation)));
          // While answers are on their way, the server's count is behind ours.
          if (!this.waiting || !this.unsent.length) this.waiting = next.waiting;
          this.dry = next.questions.length === 0;
        }
        this.fault = "";
        this.warm();
      } catch (error) {
        this.trouble(error);
        setTimeout(() => { this.filling = false; this.fill(); }, 2000);
        return;
      }
      this.filling = false;
    },
    passed() { return this.past.filter((p) => p.passed).map((p) => p.question.query.annotation); },
    warm() {
      for (const question of this.queue.slice(0, AHEAD)) {
        picture(question.query.picture, this.size);
        question.choices.slice(0, 2).forEach((c) => c.photos[0] && picture(c.photos[0].picture, this.size));
        if (this.masked) [question.query, question.choices[0]?.photos[0]].forEach((one) => one?.mask && picture(one.mask, this.size));
      }
      // What may be turned to next. More would keep the pictures of the next questions waiting.
      this.question?.choices.slice(this.at + 1, this.at + 3).forEach((c) => c.photos[0] && picture(c.photos[0].picture, this.size));
      this.choice?.photos.slice(this.photo, this.photo + 2).forEach((p) => picture(p.picture, this.size));
    },
    src(animal) { return picture(animal.picture, this.fine || this.size); },
    mask(animal) { return picture(animal.mask, this.size); },
    // The size that a pane shows sharply, so many times nearer. Larger ones would take longer to make, and to show.
    sharp(zoom) {
      const pane = Math.max(window.innerWidth / 2 - 110, window.innerHeight - 240) * window.devicePixelRatio * zoom;
      return SHARP.find((size) => size >= pane) ?? SHARP.at(-1);
    },
    thumb(animal) { return `${animal.picture}&size=240`; },

    next() {
      this.queue.shift();
      this.begin();
    },
    begin() {
      this.at = 0; this.photo = 0; this.naming = ""; this.fine = 0; this.sizes = {};
      this.view = { zoom: 1, x: 0, y: 0, turn: 0 };
      this.fill();
    },
    say(word, more = {}) {
      const question = this.question;
      if (!question) return;
      const reply = { token: token(), annotation: question.query.annotation, word, encounter: this.together, ...more };
      const all = word === "same" || word === "new" ? this.together : false;
      this.put({ address: this.settle ? "/api/review/settle" : "/api/review/answers", body: reply, of: all ? question.together : [reply.annotation] });
      if (word === "different") {
        this.past.push({ question, at: this.at, token: reply.token, rejected: question.choices[this.at] });
        question.choices.splice(this.at, 1);
        this.at = Math.min(this.at, Math.max(question.choices.length - 1, 0));
        this.photo = 0; this.sizes = {};
        this.warm();
        return;
      }
      const gone = new Set(all ? question.together : [reply.annotation]);
      this.past.push({ question, at: this.at, token: reply.token });
      this.queue = this.queue.filter((q) => q === question || !gone.has(q.query.annotation));
      if (this.waiting && this.waiting[question.verdict] > 0) this.waiting[question.verdict] -= 1;
      this.next();
    },
    same() { if (this.choice) this.say("same", { individual: this.choice.individual }); },
    different() { if (this.choice) this.say("different", { individual: this.choice.individual }); },
    unsure() { this.say("unsure"); },
    skip() {
      if (!this.question) return;
      this.past.push({ question: this.question, at: this.at, passed: true });
      this.next();
    },
    undo() {
      const last = this.past.pop();
      if (!last) { this.tell("Nothing to undo here: the history of the catalogue holds earlier decisions."); return; }
      const waiting = last.passed ? -1 : this.unsent.findIndex((item) => item.body.token === last.token);
      // What has not been sent yet is simply not sent; what may be on its way is taken back by its token, and no other.
      if (waiting > 0) this.forget(this.unsent[waiting]);
      else if (!last.passed) this.put({ address: "/api/review/undo", body: { token: token(), of: last.token }, of: [] });
      if (last.rejected) last.question.choices.splice(last.at, 0, last.rejected);
      if (this.question !== last.question) {
        this.queue.unshift(last.question);
        if (!last.passed && this.waiting) this.waiting[last.question.verdict] += 1;
      }
      this.begin();
      this.at = last.at;
      this.tell("Taken back.");
    },
    async startNaming(kind) {
      if (!this.question) return;
      this.naming = kind; this.pick = 0; this.found = []; this.foundFor = null; this.name = "";
      this.$nextTick(() => this.$refs.name?.focus());
      const found = await ask("/api/individuals?count=8").catch(() => null);
      // Whoever types faster than the server answers has said something else by now.
      if (!found || this.naming !== kind || this.name) return;
      if (kind === "new") {
        this.name = found.next_name;
        while (this.used.includes(this.name)) this.name = after(this.name);
      } else this.found = found.individuals;
      this.$nextTick(() => this.$refs.name?.select());
    },
    async look() {
      if (this.naming !== "other") return;
      // An old list must not answer for a new text.
      const text = this.name;
      this.found = []; this.foundFor = null; this.pick = 0;
      const found = await ask(`/api/individuals?count=8&text=${encodeURIComponent(text)}`).catch(() => null);
      if (found && text === this.name) { this.found = found.individuals; this.foundFor = text; }
    },
    named() {
      if (this.naming === "new") {
        const name = this.name.trim().replace(/\s+/g, " ");
        if (name) { this.used.push(name); this.say("new", { name }); }
      } else if (this.foundFor === this.name && this.name.trim()) {
        this.chose(this.found[this.pick]);
      }
    },
    chose(individual) { if (individual) this.say("same", { individual: individual.id }); },

    put(item) {
      const kept = { key: `${this.keep} ${String(Date.now()).padStart(15, "0")} ${item.body.token}`, ...item };
      localStorage.setItem(kept.key, JSON.stringify(item));
      this.unsent.push(kept);
      this.send();
    },
    forget(item) {
      localStorage.removeItem(item.key);
      this.unsent = this.unsent.filter((one) => one.key !== item.key);
    },
    trouble(error) {
      const many = this.unsent.length ? ` ${this.unsent.length} of your answers are kept here and will be sent.` : "";
      if (error.status === 401) this.fault = `You are not logged in any more: log in in another window.${many}`;
      else if (error.status === 403) this.fault = `${error.message}.${many}`;
      else this.fault = `${error.status ? error.message : UNANSWERED}${many}`;
    },
    async send() {
      if (this.sending) return;
      this.sending = true;
      while (this.unsent.length) {
        const item = this.unsent[0];
        try {
          await ask(item.address, item.body);
          this.fault = "";
        } catch (error) {
          if (!FINAL.has(error.status)) {
            this.trouble(error);
            await pause(error.status === 401 || error.status === 403 ? 5000 : 1500);
            continue;
          }
          this.refused(item, error.message);
        }
        this.forget(item);
        // Whoever was named just now is found only from now on.
        if (item.body.word === "new") this.look();
      }
      this.sending = false;
    },
    refused(item, why) {
      this.past = this.past.filter((p) => p.token !== item.body.token);
      this.used = this.used.filter((name) => name !== item.body.name);
      const what = item.body.of ? "Not taken back" : `Not written down (photo ${item.body.annotation})`;
      this.refusals.push(`${what}: ${why}`);
    },
    tell(text) {
      this.message = text;
      clearTimeout(this.quiet);
      this.quiet = setTimeout(() => { this.message = ""; }, 2500);
    },

    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (this.naming) {
        if (event.key === "Escape") { this.naming = ""; event.preventDefault(); }
        if (event.key === "ArrowDown") { this.pick = Math.min(this.pick + 1, this.found.length - 1); event.preventDefault(); }
        if (event.key === "ArrowUp") { this.pick = Math.max(this.pick - 1, 0); event.preventDefault(); }
        return;
      }
      if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
      if (this.help && !["?", "Escape"].includes(event.key)) return;
      // A finger that rests on a key answers one question, not all of them.
      if (event.repeat && !/^(Arrow|[-+=[\]])/.test(event.key)) { event.preventDefault(); return; }
      const does = {
        s: this.same, Enter: this.same, d: this.different, u: this.unsure, k: this.skip, " ": this.skip,
        z: this.undo, Backspace: this.undo, n: () => this.startNaming("new"), o: () => this.startNaming("other"),
        ArrowRight: () => this.go(1), ArrowLeft: () => this.go(-1), ArrowDown: () => this.turnTo(1), ArrowUp: () => this.turnTo(-1),
        m: () => { this.spots = !this.spots; this.measure(); }, x: this.showMask, h: this.showHeat, e: () => { this.together = !this.together; },
        "+": () => this.zoomBy(1.3), "=": () => this.zoomBy(1.3), "-": () => this.zoomBy(1 / 1.3), 0: this.reset,
        "[": () => { this.view.turn -= 15; }, "]": () => { this.view.turn += 15; },
        b: () => { this.bright = this.bright >= 2 ? 0.7 : Math.round((this.bright + 0.3) * 10) / 10; },
        "?": () => { this.help = !this.help; }, Escape: () => { this.help = false; this.fault = ""; },
      }[event.key];
      if (!does) return;
      if (event.target.closest?.("a, button") && (event.key === "Enter" || event.key === " ")) return;
      event.preventDefault();
      does();
    },
    go(step) {
      const many = this.question?.choices.length ?? 0;
      if (!many) return;
      this.at = (this.at + step + many) % many;
      this.photo = 0; this.sizes = {};
      this.warm();
    },
    turnTo(step) {
      const many = this.choice?.photos.length ?? 0;
      if (many) { this.photo = (this.photo + step + many) % many; this.sizes = {}; this.warm(); }
    },
    zoomBy(factor) {
      const zoom = Math.min(Math.max(this.view.zoom * factor, 1), 20);
      const share = zoom / this.view.zoom;
      this.view.zoom = zoom;
      this.fine = zoom > 1.2 ? this.sharp(zoom) : 0;
      this.view.x = zoom === 1 ? 0 : this.view.x * share;
      this.view.y = zoom === 1 ? 0 : this.view.y * share;
    },
    reset() { this.view = { zoom: 1, x: 0, y: 0, turn: 0 }; this.fine = 0; this.bright = 1; },
    wheel(event) { this.zoomBy(event.deltaY < 0 ? 1.15 : 1 / 1.15); },
    grab(event) {
      this.fingers.set(event.pointerId, [event.clientX, event.clientY]);
      this.drag = { x: event.clientX - this.view.x, y: event.clientY - this.view.y };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    move(event) {
      const before = this.spread();
      if (this.fingers.has(event.pointerId)) this.fingers.set(event.pointerId, [event.clientX, event.clientY]);
      if (before && this.spread()) { this.zoomBy(this.spread() / before); return; }
      if (!this.drag) return;
      this.view.x = event.clientX - this.drag.x;
      this.view.y = event.clientY - this.drag.y;
    },
    drop(event) { this.fingers.delete(event.pointerId); this.drag = null; },
    // How far two fingers are apart; 0 with one.
    spread() {
      const [one, other] = this.fingers.values();
      return other ? Math.hypot(one[0] - other[0], one[1] - other[1]) : 0;
    },

    // Where each picture lies in its pane, so that spots can be drawn on it.
    measure() {
      this.$nextTick(() => {
        for (const which of ["query", "other"]) {
          const image = this.$refs[which];
          if (!image?.naturalWidth) continue;
          const share = Math.min(image.offsetWidth / image.naturalWidth, image.offsetHeight / image.naturalHeight);
          const width = image.naturalWidth * share, height = image.naturalHeight * share;
          this.sizes[which] = { left: (image.offsetWidth - width) / 2, top: (image.offsetHeight - height) / 2, width, height };
        }
      });
    },
    // The same spots are joined across the panes, wherever zoom and turn have put them.
    joinUp() {
      this.$nextTick(() => {
        const stage = this.$refs.stage?.getBoundingClientRect();
        const spots = (pane) => [...(this.$refs[pane]?.querySelectorAll("circle") ?? [])].map((one) => one.getBoundingClientRect());
        const seen = (pane, at) => {
          const box = this.$refs[pane].getBoundingClientRect(), x = at.x + at.width / 2, y = at.y + at.height / 2;
          return x > box.left && x < box.right && y > box.top && y < box.bottom ? [x - stage.left, y - stage.top] : null;
        };
        const left = spots("queryPane"), right = spots("otherPane");
        this.lines = left.map((at, n) => right[n] && [seen("queryPane", at), seen("otherPane", right[n]), n]).filter((l) => l && l[0] && l[1]);
      });
    },
    place(which, animal, x, y) {
      const size = this.sizes[which];
      const [left, top, width, height] = animal.shown;
      return [size.left + ((x + 0.5 - left) / width) * size.width, size.top + ((y + 0.5 - top) / height) * size.height];
    },
    dots(which) {
      // A picture that has not come yet has no place, and no spots.
      if (!this.sizes[which]) return [];
      const animal = which === "query" ? this.question.query : this.other;
      return this.joined.map(([qx, qy, gx, gy], n) => {
        const [x, y] = this.place(which, animal, ...(which === "query" ? [qx, qy] : [gx, gy]));
        return { x, y, n, hue: (n * 137) % 360 };
      });
    },
    under(animal) {
      return [animal.side && `${animal.side} side`, animal.part, animal.encounter, animal.taken, animal.file].filter(Boolean).join(" · ");
    },
  },
  template: `
<div class="review" :class="{ spots }" :data-unsent="unsent.length">
  <div v-if="fault" class="fault" role="alert">{{ fault }} <button @click="fault = ''" aria-label="Close">×</button></div>
  <div v-for="(text, n) in refusals" :key="text + n" class="fault" role="alert">{{ text }} <button @click="refusals.splice(n, 1)" aria-label="Close">×</button></div>
  <div v-if="loading" class="nothing"><p class="said">Loading the first questions …</p></div>
  <div v-else-if="!question" class="nothing">
    <p class="said" data-empty>{{ only ? "That is done." : "Nothing waits for review." }}</p>
    <p class="quiet">{{ unsent.length ? "Sending your last answers …" : "Questions come with new photos: identify some, or go back to the photos you skipped." }}</p>
    <p v-if="past.length"><button @click="undo"><kbd>Z</kbd> Undo</button> <a class="button" href="/">Home</a></p>
  </div>
  <template v-else>
    <div class="stage" ref="stage">
      <svg v-if="joined.length" class="joins" aria-hidden="true"><line v-for="[from, to, n] in lines" :x1="from[0]" :y1="from[1]" :x2="to[0]" :y2="to[1]" :stroke="'hsl(' + ((n * 137) % 360) + ' 90% 60%)'"/></svg>
      <figure class="pane">
        <figcaption>
          <b>Who is this?</b>
          <span v-if="question.query.name" class="tag">named {{ question.query.name }} already</span>
          <button v-if="question.together.length > 1" class="tag" @click="together = !together" :aria-pressed="together">{{ together ? question.together.length + " photos of this encounter" : "this photo alone" }} <kbd>E</kbd></button>
          <span v-if="masked && !question.query.mask" class="tag">no mask</span>
          <span class="quiet under">{{ under(question.query) }}</span>
        </figcaption>
        <div class="view" ref="queryPane" @wheel.prevent="wheel" @pointerdown="grab" @pointermove="move" @pointerup="drop" @pointercancel="drop" @dblclick="reset">
          <div class="moved" :style="imageStyle">
            <img ref="query" :src="src(question.query)" :alt="'Photo ' + question.query.annotation" draggable="false" @load="measure">
            <img v-if="masked && question.query.mask" class="mask" :key="question.query.mask" :src="mask(question.query)" alt="" draggable="false" @error="unmasked(question.query)">
            <canvas v-if="warmth.length" ref="queryHeat" class="heat" aria-hidden="true"></canvas>
            <svg v-if="joined.length"><circle v-for="dot in dots('query')" :cx="dot.x" :cy="dot.y" r="9" :stroke="'hsl(' + dot.hue + ' 90% 60%)'"/><text v-for="dot in dots('query')" :x="dot.x + 11" :y="dot.y + 4" :fill="'hsl(' + dot.hue + ' 90% 65%)'">{{ dot.n + 1 }}</text></svg>
          </div>
        </div>
      </figure>
      <figure class="pane" v-if="choice">
        <figcaption>
          <b>{{ choice.name }}</b> <span class="likely">{{ choice.words }}</span>
          <span v-if="question.basis === 'usual'" class="tag" title="Usual chances of other animals: too few of yours have names to learn from.">learned from others</span>
          <span class="tag" v-if="choice.photos.length > 1">photo {{ photo + 1 }} of {{ choice.photos.length }} <kbd>↑</kbd> <kbd>↓</kbd></span>
          <span v-if="masked && other && !other.mask" class="tag">no mask</span>
          <span v-if="heat && !matches.length" class="tag">no matched spots</span>
          <span class="quiet under" v-if="other">{{ under(other) }}</span>
        </figcaption>
        <div class="view" ref="otherPane" @wheel.prevent="wheel" @pointerdown="grab" @pointermove="move" @pointerup="drop" @pointercancel="drop" @dblclick="reset">
          <div class="moved" :style="imageStyle" v-if="other">
            <img ref="other" :src="src(other)" :alt="choice.name" draggable="false" @load="measure">
            <img v-if="masked && other.mask" class="mask" :key="other.mask" :src="mask(other)" alt="" draggable="false" @error="unmasked(other)">
            <canvas v-if="warmth.length" ref="otherHeat" class="heat" aria-hidden="true"></canvas>
            <svg v-if="joined.length"><circle v-for="dot in dots('other')" :cx="dot.x" :cy="dot.y" r="9" :stroke="'hsl(' + dot.hue + ' 90% 60%)'"/><text v-for="dot in dots('other')" :x="dot.x + 11" :y="dot.y + 4" :fill="'hsl(' + dot.hue + ' 90% 65%)'">{{ dot.n + 1 }}</text></svg>
          </div>
          <p v-else class="quiet centred">No photo of {{ choice.name }} is left.</p>
        </div>
        <div class="strip" v-if="choice.photos.length > 1">
          <button v-for="(one, n) in choice.photos" :class="{ here: n === photo }" @click="photo = n; sizes = {}" :aria-label="'Photo ' + (n + 1) + ' of ' + choice.name"><img :src="thumb(one)" alt="" loading="lazy"></button>
        </div>
      </figure>
      <div class="pane none" v-else><p class="said">Nobody else is proposed.</p><p class="quiet">A new animal? {{ question.new_words }}</p></div>
      <ol class="choices" aria-label="Candidates">
        <li v-for="(one, n) in question.choices" :key="one.individual">
          <button :class="{ here: n === at }" @click="at = n; photo = 0; sizes = {}; warm()">
            <img v-if="one.photos[0]" :src="thumb(one.photos[0])" alt="" loading="lazy">
            <span><b>{{ one.name }}</b><br><small>{{ one.words }}</small></span>
          </button>
        </li>
        <li class="fresh"><button @click="startNaming('new')"><span><b>A new animal</b><br><small>{{ question.new_words }}</small></span></button></li>
      </ol>
    </div>
    <div class="answers">
      <button class="same" :disabled="!choice" @click="same"><kbd>S</kbd> Same{{ many > 1 ? " (" + many + " photos)" : "" }}</button>
      <button class="different" :disabled="!choice" @click="different"><kbd>D</kbd> Different</button>
      <button class="new" @click="startNaming('new')"><kbd>N</kbd> New</button>
      <button @click="startNaming('other')"><kbd>O</kbd> Someone else</button>
      <button @click="unsure"><kbd>U</kbd> Unsure</button>
      <button @click="skip"><kbd>K</kbd> Skip</button>
      <button @click="undo" :disabled="!past.length"><kbd>Z</kbd> Undo</button>
      <span class="quiet grow" aria-live="polite">{{ message || (only ? "" : total.toLocaleString("en") + " wait") }}{{ unsent.length > 2 ? " · sending " + unsent.length : "" }}</span>
      <span class="nearer"><button @click="zoomBy(1 / 1.5)" aria-label="Farther">−</button><button @click="zoomBy(1.5)" aria-label="Nearer">+</button><button @click="view.turn += 90" aria-label="Turn">⟳</button><button @click="reset" aria-label="As it was">⊡</button></span>
      <button @click="spots = !spots; measure()" :class="{ here: spots }" :disabled="!choice || !choice.matches.length"><kbd>M</kbd> Spots</button>
      <button @click="showMask" :class="{ here: masked }" :aria-pressed="masked"><kbd>X</kbd> Mask</button>
      <button @click="showHeat" :class="{ here: heat }" :aria-pressed="heat"><kbd>H</kbd> Heat</button>
      <button @click="help = !help"><kbd>?</kbd> Keys</button>
    </div>
  </template>
  <div v-if="naming" class="over" @click.self="naming = ''">
    <form class="dialog" role="dialog" aria-modal="true" aria-labelledby="naming" @submit.prevent="named">
      <h2 id="naming">{{ naming === "new" ? "A new animal" : "Someone else" }}</h2>
      <label>{{ naming === "new" ? "Its name" : "Name, or a part of it" }}
        <input ref="name" v-model="name" @input="look" autocomplete="off" maxlength="200"></label>
      <ol v-if="naming === 'other'" class="found">
        <li v-for="(one, n) in found"><button type="button" :class="{ here: n === pick }" @click="chose(one)">{{ one.name }} <small>{{ one.annotations }} photos</small></button></li>
        <li v-if="!found.length" class="quiet">Nobody is called that.</li>
      </ol>
      <p><button type="submit" class="same"><kbd>Enter</kbd> {{ naming === "new" ? "Write down" : "It is " + (foundFor === name && name.trim() ? found[pick]?.name ?? "…" : "…") }}</button> <button type="button" @click="naming = ''"><kbd>Esc</kbd> Not yet</button></p>
    </form>
  </div>
  <div v-if="help" class="over" @click.self="help = false">
    <div class="dialog" role="dialog" aria-modal="true" aria-label="Keys">
      <h2>Keys</h2>
      <dl class="keys">
        <dt><kbd>S</kbd> <kbd>Enter</kbd></dt><dd>the same animal</dd>
        <dt><kbd>D</kbd></dt><dd>different: not this one, show the next</dd>
        <dt><kbd>N</kbd></dt><dd>a new animal</dd>
        <dt><kbd>O</kbd></dt><dd>someone else, by name</dd>
        <dt><kbd>U</kbd></dt><dd>unsure: put it aside</dd>
        <dt><kbd>K</kbd> <kbd>Space</kbd></dt><dd>skip for now</dd>
        <dt><kbd>Z</kbd></dt><dd>undo</dd>
        <dt><kbd>←</kbd> <kbd>→</kbd></dt><dd>other candidates</dd>
        <dt><kbd>↑</kbd> <kbd>↓</kbd></dt><dd>other photos of the candidate</dd>
        <dt><kbd>M</kbd></dt><dd>the matched spots</dd>
        <dt><kbd>X</kbd></dt><dd>the mask: what the program did not look at is dimmed</dd>
        <dt><kbd>H</kbd></dt><dd>a heat map: the warmer, the more matched spots</dd>
        <dt><kbd>E</kbd></dt><dd>the whole encounter, or this photo alone</dd>
        <dt><kbd>+</kbd> <kbd>-</kbd> <kbd>0</kbd></dt><dd>nearer, farther, as it was (or wheel and drag)</dd>
        <dt><kbd>[</kbd> <kbd>]</kbd></dt><dd>turn</dd>
        <dt><kbd>B</kbd></dt><dd>brighter</dd>
      </dl>
      <p><button @click="help = false"><kbd>Esc</kbd> Close</button></p>
    </div>
  </div>
</div>`,
};
