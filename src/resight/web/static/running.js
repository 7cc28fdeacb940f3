// What runs and what waits, on the first page: asked for while it is looked at, less often while nothing runs.
const OFTEN = 2000, SELDOM = 15000, SHOWN = 4;

export default {
  data: () => ({ jobs: null }),
  computed: {
    open() { return (this.jobs ?? []).filter((job) => job.state === "running" || job.state === "waiting"); },
    shown() { return this.open.slice().sort((a, b) => (a.state === "waiting") - (b.state === "waiting")).slice(0, SHOWN); },
  },
  mounted() { this.look(); },
  beforeUnmount() { clearTimeout(this.timer); this.gone = true; },
  methods: {
    async look() {
      let on = true;
      try {
        const answer = await fetch("/api/jobs");
        on = answer.status !== 401 && answer.status !== 403;
        if (answer.ok) this.jobs = (await answer.json()).jobs;
      } catch { /* The server is away: it is asked again. */ }
      if (on && !this.gone) this.timer = setTimeout(() => this.look(), this.open.length ? OFTEN : SELDOM);
    },
    words(job) {
      if (job.state === "waiting") return "waiting";
      const left = job.seconds_left, far = job.total ? `, ${job.done.toLocaleString("en")} of ${job.total.toLocaleString("en")}` : "";
      const time = left === null ? "" : left < 90 ? `, ${Math.max(1, Math.round(left))} s left` : left < 5400 ? `, ${Math.round(left / 60)} min left` : `, ${(left / 3600).toFixed(1)} h left`;
      return (job.what || "Starting") + far + time;
    },
  },
  template: `
<div class="running">
  <p v-if="jobs === null" class="quiet">Looking …</p>
  <p v-else-if="!open.length" class="quiet">Nothing runs.</p>
  <ul v-else><li v-for="job in shown" :key="job.id"><b>{{ job.title }}</b>
    <progress v-if="job.state === 'running'" :value="job.done" :max="job.total || 1" :aria-label="job.title"></progress>
    <small>{{ words(job) }}</small></li></ul>
  <p v-if="open.length > shown.length" class="quiet">and {{ (open.length - shown.length).toLocaleString("en") }} more</p>
</div>`,
};
