// Points on a plane: coloured by what is chosen, a picture where the pointer is, a lasso to choose some of them.
// What is chosen stays so while one looks at a photo, or answers who it is, and comes back.
const COLOURS = { individual: "individual", class: "cluster", side: "side", day: "date" };
const KEPT = "resight-chosen", MOST = 5000;
const hue = (text) => { let sum = 7; for (const c of String(text)) sum = (sum * 31 + c.charCodeAt(0)) % 100003; return (sum * 137.5) % 360; };
// Not Math.min(...values): a call takes no more than some 100,000 arguments.
function ends(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) { if (value < low) low = value; if (value > high) high = value; }
  return [low, high];
}

export default {
  props: { may: Boolean },
  data: () => ({ points: null, colour: "individual", chosen: [], under: -1, at: [0, 0], lasso: [], fault: "", names: COLOURS, asked: [] }),
  computed: {
    shown() { return this.chosen.slice(0, 60); },
    // Those without a name that were not asked about since they were chosen.
    open() { return this.chosen.filter((n) => !this.points.individual[n] && !this.asked.includes(this.points.annotation[n])); },
    counts() { return this.points ? `${this.points.x.length.toLocaleString("en")} animals` : ""; },
  },
  watch: { colour() { this.draw(); }, chosen() { this.keep(); } },
  async mounted() {
    const answer = await fetch("/api/plane");
    const said = await answer.json();
    if (!answer.ok) { this.fault = said.detail; return; }
    this.points = Object.freeze(said);
    this.recall();
    await this.$nextTick();
    this.fit();
    this.resized = () => this.fit();
    window.addEventListener("resize", this.resized);
  },
  beforeUnmount() { window.removeEventListener("resize", this.resized); },
  methods: {
    keys() { return this.chosen.slice(0, MOST + 1).map((n) => this.points.annotation[n]); },
    keep() {
      const chosen = this.chosen.map((n) => this.points.annotation[n]);
      try { sessionStorage.setItem(KEPT, JSON.stringify({ chosen, asked: this.asked })); } catch { /* Too many to be kept. */ }
    },
    recall() {
      try {
        const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}"), of = new Set(kept.chosen ?? []);
        this.asked = kept.asked ?? [];
        this.chosen = this.points.annotation.flatMap((key, n) => (of.has(key) ? [n] : []));
      } catch { sessionStorage.removeItem(KEPT); }
    },
    choose(chosen) { this.asked = []; this.chosen = chosen; this.draw(); },
    review() { const key = this.points.annotation[this.open[0]]; this.asked.push(key); this.keep(); location.href = `/review/${key}`; },
    fit() {
      const canvas = this.$refs.canvas, ratio = window.devicePixelRatio || 1;
      const box = canvas.getBoundingClientRect();
      canvas.width = box.width * ratio; canvas.height = box.height * ratio;
      const { x, y } = this.points;
      const [lowX, highX] = ends(x), [lowY, highY] = ends(y);
      const scale = 0.92 * Math.min(box.width / (highX - lowX || 1), box.height / (highY - lowY || 1));
      this.placed = Object.freeze(x.map((value, n) => [
        box.width / 2 + (value - (lowX + highX) / 2) * scale, box.height / 2 - (y[n] - (lowY + highY) / 2) * scale,
      ]));
      this.ratio = ratio;
      this.draw();
    },
    paint(n) {
      const value = this.points[this.colour][n];
      if (value === "" || value === -1) return "#8a938c";
      if (this.colour === "day") {
        const days = this.days ?? (this.days = new Map([...new Set(this.points.day)].filter(Boolean).sort().map((day, rank) => [day, rank])));
        return `hsl(${230 - (200 * days.get(value)) / Math.max(1, days.size - 1)} 75% 48%)`;
      }
      return `hsl(${hue(value)} 65% 48%)`;
    },
    draw() {
      const canvas = this.$refs.canvas, to = canvas.getContext("2d"), chosen = new Set(this.chosen);
      to.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
      to.clearRect(0, 0, canvas.width, canvas.height);
      const size = this.placed.length > 5000 ? 2.5 : 5;
      this.placed.forEach(([x, y], n) => {
        to.globalAlpha = chosen.size && !chosen.has(n) ? 0.25 : 0.9;
        to.fillStyle = this.paint(n);
        to.beginPath(); to.arc(x, y, size, 0, 7); to.fill();
      });
      to.globalAlpha = 1;
      if (this.lasso.length > 1) {
        to.strokeStyle = "#2a5db0"; to.lineWidth = 2; to.beginPath();
        this.lasso.forEach(([x, y], n) => (n ? to.lineTo(x, y) : to.moveTo(x, y)));
        to.closePath(); to.stroke();
      }
    },
    here(event) { const box = this.$refs.canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; },
    begin(event) { this.lasso = [this.here(event)]; event.currentTarget.setPointerCapture(event.pointerId); },
    move(event) {
      const at = this.here(event);
      if (this.lasso.length) { this.lasso.push(at); this.under = -1; this.draw(); return; }
      this.under = this.nearest(at); this.at = at;
    },
    nearest(at) {
      let best = -1, least = 144;
      this.placed.forEach(([x, y], n) => { const d = (x - at[0]) ** 2 + (y - at[1]) ** 2; if (d < least) { least = d; best = n; } });
      return best;
    },
    end() {
      const path = this.lasso;
      this.lasso = [];
      if (!path.length) return;
      // A finger has hovered over nothing before it taps, and never holds quite still.
      const [low, high] = [0, 1].map((way) => ends(path.map((at) => at[way])));
      if (path.length < 3 || (low[1] - low[0] < 6 && high[1] - high[0] < 6)) {
        const one = this.nearest(path[0]);
        this.choose(one >= 0 ? [one] : []);
        return;
      }
      const inside = ([x, y]) => {
        let odd = false;
        for (let i = 0, j = path.length - 1; i < path.length; j = i++) {
          const [xi, yi] = path[i], [xj, yj] = path[j];
          if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
        }
        return odd;
      };
      this.choose(this.placed.map((point, n) => (inside(point) ? n : -1)).filter((n) => n >= 0));
    },
    words(n) { const p = this.points; return [p.individual[n] || "not named", p.side[n], p.day[n], p.class[n] < 0 ? "outlier" : `cluster ${p.class[n]}`].filter(Boolean).join(" · "); },
    save() {
      const p = this.points, rows = [["annotation", "individual", "side", "x", "y", "class", "probability", "outlier"]];
      const cell = (value) => (/[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : value);
      for (const n of this.chosen) rows.push([p.annotation[n], p.individual[n], p.side[n], p.x[n], p.y[n], p.class[n], p.probability[n], p.class[n] < 0]);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([rows.map((row) => row.map(cell).join(",")).join("\n") + "\n"], { type: "text/csv" }));
      link.download = "chosen.csv"; link.click();
    },
    async take(event) {
      const file = event.target.files[0];
      if (!file) return;
      // Not the file's own type: a system names what it likes.
      const kind = /\.json$/i.test(file.name) ? "application/json" : "text/csv";
      const answer = await fetch("/api/plane/points", { method: "PUT", body: file, headers: { "Content-Type": kind } });
      event.target.value = "";
      if (answer.ok) location.reload(); else this.fault = (await answer.json()).detail;
    },
  },
  template: `
<div class="explore">
  <div v-if="fault" class="fault" role="alert">{{ fault }}</div>
  <template v-if="points">
  <div class="tools"><label>Colour by <select v-model="colour"><option v-for="(word, key) in names" :value="key">{{ word }}</option></select></label>
    <span class="quiet grow">{{ counts }}. Draw round some to choose them.</span>
    <a class="button" href="/api/plane/table" download>Table ↓</a> <a class="button" href="/api/plane" download="plane.json">JSON ↓</a>
    <label class="button" v-if="may">Table or JSON ↑<input type="file" accept=".csv,.json" @change="take"></label></div>
  <div class="plane"><canvas ref="canvas" role="img" :aria-label="counts + ' on a plane'" @pointerdown="begin" @pointermove="move" @pointerup="end" @pointercancel="lasso = []; draw()" @pointerleave="under = -1"></canvas>
    <figure v-if="under >= 0" :style="{ left: at[0] + 14 + 'px', top: at[1] + 14 + 'px' }"><img :src="points.picture[under] + '&size=240'" alt=""><figcaption>{{ words(under) }}</figcaption></figure></div>
  <section v-show="chosen.length" class="panel"><h2>{{ chosen.length.toLocaleString("en") }} chosen</h2>
    <div class="tools"><button class="button" v-if="open.length" @click="review">Review the next without a name <small>{{ open.length.toLocaleString("en") }} left</small></button>
      <button class="button" @click="save">Table of these ↓</button> <button class="button" @click="choose([])">Choose none</button></div>
    <slot></slot>
    <ul class="grid small"><li v-for="n in shown" :key="n"><a :href="'/photos/' + points.annotation[n]"><img :src="points.picture[n] + '&size=240'" alt="" loading="lazy"><b>{{ points.individual[n] || "not named" }}</b><small>{{ points.day[n] }}</small></a></li></ul>
    <p class="quiet" v-if="chosen.length > shown.length">and {{ (chosen.length - shown.length).toLocaleString("en") }} more</p></section>
  </template>
</div>`,
};
