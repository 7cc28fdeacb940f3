// The list of jobs, asked for every second.
export default {
  props: { may: Boolean },
  data: () => ({ jobs: null, workers: [], fault: "", lost: "", log: null, ways: null, method: "", format: "csv" }),
  async mounted() {
    this.choices();
    await this.look();
    this.timer = setInterval(() => this.look(), 1000);
  },
  beforeUnmount() { clearInterval(this.timer); },
  methods: {
    async look() {
      try {
        const answer = await fetch("/api/jobs");
        const said = await answer.json();
        if (!answer.ok) { this.lost = `${said.detail}. The list is as it was.`; return; }
        this.jobs = said.jobs; this.workers = said.workers; this.lost = "";
      } catch { this.lost = "The server cannot be reached. The list is as it was."; }
    },
    async post(address) {
      this.fault = "";
      try {
        const answer = await fetch(address, { method: "POST" });
        if (!answer.ok) this.fault = (await answer.json()).detail;
      } catch { this.fault = "The server cannot be reached: nothing was begun."; }
      await this.look();
    },
    async choices() {
      const answer = await fetch("/api/jobs/methods");
      if (!answer.ok) return;
      this.ways = await answer.json();
      this.method = this.ways.now;
    },
    exportAs() { return this.post(`/api/jobs/export?format=${this.format}`); },
    begin(kind) { return this.post(`/api/jobs/begin/${kind}`); },
    compareBy() { return this.post(`/api/jobs/compare-by?${new URLSearchParams({ method: this.method })}`); },
    async open(job) {
      this.log = { title: job.title, text: (await (await fetch(`/api/jobs/${job.id}/log`)).json()).text };
    },
    left(seconds) {
      if (seconds === null) return "";
      if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s left`;
      if (seconds < 5400) return `${Math.round(seconds / 60)} min left`;
      return `${(seconds / 3600).toFixed(1)} h left`;
    },
    when(at) { return new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" }); },
    open_(job) { return job.state === "waiting" || job.state === "running"; },
    share(job) { return job.total ? Math.round((100 * job.done) / job.total) : 0; },
    mark(state) { return { running: "known", waiting: "quiet", failed: "rejected", cancelled: "quiet" }[state] ?? ""; },
  },
  template: `
<div>
  <div v-if="lost" class="fault" role="alert">{{ lost }}</div>
  <div v-if="fault" class="fault" role="alert">{{ fault }} <button @click="fault = ''">Close</button></div>
  <div class="tools" v-if="may"><button class="button" @click="begin('identify')">Identify all that has no name</button><a class="button" href="/upload">Add photos</a></div>
  <details class="panel" v-if="may && ways"><summary>More jobs</summary>
    <dl class="orders">
      <dt><button class="button" @click="begin('describe')">Describe what was corrected</button></dt>
      <dd>Photos whose box was drawn anew are compared by it from then on. Identifying does this too.</dd>
      <dt><button class="button" @click="begin('doubts')">Look for names that look wrong</button></dt>
      <dd>The page <a href="/doubts">Doubts</a> shows what it finds. Nothing is changed.</dd>
      <dt><button class="button" @click="begin('plane')">Place all animals on a plane, and find clusters</button></dt>
      <dd>The page <a href="/explore">Explore</a> shows it.</dd>
      <dt><label>Export as <select v-model="format"><option value="csv">a table (CSV)</option><option value="json">JSON</option><option value="history">capture histories</option></select></label>
        <button class="button" @click="exportAs">Write the file</button></dt>
      <dd>For a large catalogue: the file lies here, and in the catalogue's folder <i>exports</i>, when it is written.</dd>
      <dt><button class="button" :disabled="!ways.can_train" @click="begin('train')">Train a model on the named photos</button></dt>
      <dd>It learns what tells your animals apart; hours, without a graphics card. Compare by it below, once it is there. {{ ways.can_train ? "" : "Not here: it needs pip install 'resight[train]'." }}</dd>
      <dt><button class="button" :disabled="!ways.can_train" @click="begin('train-detector')">Train a detector on the boxes</button></dt>
      <dd>It learns where animals are, from the boxes you drew, and finds them in films. {{ ways.detector ? "There is one: " + ways.detector + "." : "There is none yet." }}</dd>
      <dt><label>Compare by <select v-model="method"><option v-for="one in ways.ways" :key="one.method" :value="one.method">{{ one.shown }}</option></select></label>
        <button class="button" :disabled="!method || method === ways.now" @click="compareBy">Describe all by it</button></dt>
      <dd>{{ ways.now ? "" : "Chosen by itself with the first photos. " }}Names and decisions stay; the old way is used until all are described, and can be taken again. Identify all that has no name after it.</dd>
    </dl></details>
  <p v-if="jobs === null" class="quiet">Loading …</p>
  <div v-else-if="!jobs.length" class="nothing"><p class="said">No job yet.</p><p class="quiet">Jobs begin when you add photos, or ask again who they show.</p></div>
  <ul class="jobs" v-else>
    <li v-for="job in jobs" :key="job.id" class="panel">
      <div class="row"><b>{{ job.title }}</b> <span :class="mark(job.state)">{{ job.state }}</span> <span class="quiet grow">{{ when(job.at) }}, {{ job.by }}</span>
        <a class="button" v-if="job.file" :href="'/api/export/' + job.id" download>File ↓</a>
        <button class="button" @click="open(job)">Log</button>
        <button class="button" v-if="may && open_(job)" @click="post('/api/jobs/' + job.id + '/cancel')">Cancel</button>
        <button class="button" v-if="may && !open_(job)" @click="post('/api/jobs/' + job.id + '/retry')">Again</button></div>
      <div v-if="job.state === 'running'" class="row"><progress :value="job.done" :max="job.total || 1" :aria-label="job.what"></progress>
        <span class="quiet">{{ job.what || "Starting" }}{{ job.total ? ", " + job.done.toLocaleString("en") + " of " + job.total.toLocaleString("en") : "" }}{{ job.seconds_left === null ? "" : ", " + left(job.seconds_left) }}</span></div>
    </li>
  </ul>
  <p class="quiet" v-if="workers.length">Workers: <span v-for="one in workers">{{ one.name }} ({{ one.silent_for < 5 ? "at work" : "silent for " + Math.round(one.silent_for) + " s" }}) </span></p>
  <p class="quiet" v-else>No worker is at work.</p>
  <div v-if="log" class="over" @click.self="log = null"><div class="dialog broad" role="dialog" aria-modal="true"><h2>{{ log.title }}</h2><pre tabindex="0">{{ log.text || "It has said nothing yet." }}</pre><p><button @click="log = null">Close</button></p></div></div>
</div>`,
};
