// The list of jobs, asked for every second.
export default {
  props: { may: Boolean },
  data: () => ({ jobs: null, workers: [], fault: "", log: null }),
  async mounted() {
    await this.look();
    this.timer = setInterval(() => this.look(), 1000);
  },
  beforeUnmount() { clearInterval(this.timer); },
  methods: {
    async look() {
      try {
        const said = await (await fetch("/api/jobs")).json();
        this.jobs = said.jobs; this.workers = said.workers; this.fault = "";
      } catch { this.fault = "The server cannot be reached. The list is as it was."; }
    },
    async post(address) {
      const answer = await fetch(address, { method: "POST" });
      if (!answer.ok) this.fault = (await answer.json()).detail;
      await this.look();
    },
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
  <div v-if="fault" class="fault" role="alert">{{ fault }}</div>
  <div class="tools" v-if="may"><button class="button" @click="post('/api/jobs/identify-again')">Identify all that has no name</button><a class="button" href="/upload">Add photos</a></div>
  <p v-if="jobs === null" class="quiet">Loading …</p>
  <div v-else-if="!jobs.length" class="nothing"><p class="said">No job yet.</p><p class="quiet">Jobs begin when you add photos, or ask again who they show.</p></div>
  <ul class="jobs" v-else>
    <li v-for="job in jobs" :key="job.id" class="panel">
      <div class="row"><b>{{ job.title }}</b> <span :class="mark(job.state)">{{ job.state }}</span> <span class="quiet grow">{{ when(job.at) }}, {{ job.by }}</span>
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
