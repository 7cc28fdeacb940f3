// Files are sent in pieces; each is confirmed once it is on the server's disk. After a broken line the rest is sent by
// itself; after a closed window, once the same files are dropped again. Cameras number their photos anew on every card:
// the same file is one of the same path, size and date.
const KEEP = "resight-upload";
const TAKEN = "another file has this path: send it by itself, or out of a folder of another name";
const FILM = /\.(mp4|m4v|mov|mkv|avi|webm|mts|m2ts|mpe?g|wmv|3gp)$/i;
const CLUTTER = /\.(csv|zip)$/i;
const NO_ANIMAL = /^(left|right|l|r|front|back|up|down|[\d .:_-]+)$/i; // sides, and days
const ZIPPED = ["the outermost folders", "the folders in those", "the folders in those again"];
const same = (one, other) => one.size === other.size && one.modified === other.modified;
const said = (file) => ({ size: file.size, modified: file.lastModified });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function listed(entry, path = "") {
  if (entry.isFile) return [{ path: path + entry.name, file: await new Promise((done, fail) => entry.file(done, fail)) }];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) break;
    for (const one of some) found.push(...(await listed(one, `${path}${entry.name}/`)));
  }
  return found;
}

export default {
  data: () => ({ files: [], passed: [], refused: [], sent: 0, total: 0, state: "empty", over: false, purpose: "identify", folders: true, fault: "", detector: "", skipped: 0, since: 0, begun: 0, result: null }),
  computed: {
    share() { return this.total ? this.sent / this.total : 0; },
    left() {
      const gone = (Date.now() - this.since) / 1000, done = this.sent - this.begun;
      if (gone < 2 || done <= 0) return "";
      const seconds = (gone / done) * (this.total - this.sent);
      return seconds < 90 ? `${Math.ceil(seconds)} s left` : `${Math.ceil(seconds / 60)} min left`;
    },
    out() { return [...this.passed, ...this.refused]; },
    zips() { return this.files.filter((f) => /\.zip$/i.test(f.path)).length; },
    // What the animals would be called if the outermost folders bore their names, or the folders in those, and so on.
    levels() {
      const found = [];
      for (let depth = 0; depth < 3; depth++) {
        const named = this.files.filter((f) => f.path.split("/").length > depth + 1);
        const names = [...new Set(named.map((f) => f.path.split("/")[depth]))].sort();
        if (!names.length && !(this.zips && depth < 3)) break;
        const more = names.length > 4 ? `, … (${names.length.toLocaleString("en")} animals)` : "";
        const zipped = this.zips ? `${names.length ? "; in zips: " : ""}${ZIPPED[depth]}` : "";
        found.push({ depth, text: names.slice(0, 4).join(", ") + more + zipped });
      }
      return found;
    },
    films() { return this.files.filter((f) => FILM.test(f.path)).length; },
    naming() { return this.purpose === "known" && this.folders && (this.inFolders || this.zips > 0); },
    inFolders() { return this.files.some((f) => f.path.includes("/")); },
  },
  async mounted() {
    // Nothing here needs the socket, and a page that reloads itself after a break would forget the files.
    window.socket?.disconnect();
    const answer = await fetch("/api/jobs/methods").catch(() => null);
    if (answer?.ok) this.detector = (await answer.json()).detector ?? "";
  },
  methods: {
    async dropped(event) {
      this.over = false;
      const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
      const found = [];
      for (const entry of entries) found.push(...(await listed(entry)));
      this.take(found);
    },
    picked(event) {
      this.take([...event.target.files].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
    },
    take(found) {
      const there = new Map(this.files.map((f) => [f.path, f]));
      for (const one of found) {
        // The server keeps names in this form; some disks have them in another.
        const path = one.path.normalize("NFC"), other = there.get(path);
        if (path.split("/").some((part) => part.startsWith("."))) continue;
        if (!one.file.size) { this.passed.push({ path, reason: "the file is empty" }); continue; }
        if (other) { if (!same(said(other.file), said(one.file))) this.passed.push({ path, reason: TAKEN }); continue; }
        there.set(path, { path, file: one.file });
      }
      this.files = [...there.values()];
      this.skipped = this.outer();
      this.total = this.files.reduce((sum, f) => sum + f.file.size, 0);
      if (this.files.length) this.state = "ready";
    },
    // A single folder that holds several, and no photo itself, is more likely called as the place than as an animal.
    outer() {
      const split = this.files.map((f) => f.path.split("/")).filter((parts) => !CLUTTER.test(parts.at(-1)));
      const tops = new Set(split.map((parts) => parts[0]));
      const inner = new Set(split.filter((parts) => parts.length > 2).map((parts) => parts[1]));
      const animals = inner.size > 1 && ![...inner].every((name) => NO_ANIMAL.test(name));
      return tops.size === 1 && animals && split.every((parts) => parts.length > 2) ? 1 : 0;
    },
    async ask(address, options = {}) {
      for (;;) {
        let answer;
        try {
          answer = await fetch(address, options);
          if (answer.status >= 500) throw new Error();
        } catch {
          this.fault = "The server cannot be reached. Trying again …";
          await pause(1500);
          continue;
        }
        this.fault = "";
        return answer;
      }
    },
    async begin() {
      const kept = localStorage.getItem(KEEP);
      if (kept) {
        const answer = await this.ask(`/api/uploads/${kept}`);
        const upload = answer.ok ? await answer.json() : null;
        if (upload && this.fits(upload)) return upload;
      }
      const begun = await (await this.ask("/api/uploads", { method: "POST" })).json();
      localStorage.setItem(KEEP, begun.key);
      return begun;
    },
    // Whether everything that is there of an upload is among these files: another card's photos must not get into it.
    fits(upload) {
      const files = new Map(this.files.map((f) => [f.path, f.file]));
      return Object.entries(upload.files).every(([path, known]) => files.has(path) && same(known, said(files.get(path))));
    },
    async send() {
      this.state = "sending"; this.refused = [];
      const upload = await this.begin();
      const there = this.files.map((f) => Math.min(upload.files[f.path]?.there ?? 0, f.file.size));
      this.begun = this.sent = there.reduce((a, b) => a + b, 0);
      this.since = Date.now();
      for (const [n, { path, file }] of this.files.entries()) {
        let offset = there[n];
        while (offset < file.size) {
          const query = new URLSearchParams({ path, offset, ...said(file) });
          const address = `/api/uploads/${upload.key}/file?${query}`;
          const answer = await this.ask(address, { method: "PUT", body: file.slice(offset, offset + upload.piece) });
          const told = await answer.json();
          if (answer.ok) { this.sent += told.size - offset; offset = told.size; continue; }
          const next = answer.status === 409 && told.size;
          if (Number.isInteger(next) && next !== offset && next <= file.size) { this.sent += next - offset; offset = next; continue; }
          this.refused.push({ path, reason: told.detail });
          this.sent += file.size - offset;
          break;
        }
      }
      const query = new URLSearchParams({ purpose: this.purpose, by_folder: this.naming, skipped: this.naming ? this.skipped : 0 });
      const answer = await this.ask(`/api/uploads/${upload.key}/finish?${query}`, { method: "POST" });
      if (!answer.ok) { this.fault = (await answer.json()).detail; this.state = "ready"; return; }
      localStorage.removeItem(KEEP);
      this.state = "done";
    },
    again() { Object.assign(this, { files: [], passed: [], refused: [], sent: 0, total: 0, state: "empty" }); },
    size(bytes) { return bytes > 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.max(0.1, bytes / 1e6).toFixed(1)} MB`; },
  },
  template: `
<div class="upload">
  <div v-if="fault" class="fault" role="alert">{{ fault }}</div>
  <div v-if="state === 'empty' || state === 'ready'" class="drop" :class="{ over }" @dragover.prevent="over = true" @dragleave="over = false" @drop.prevent="dropped">
    <p class="said">{{ files.length ? files.length.toLocaleString("en") + " files, " + size(total) : "Drop folders, photos, films, zips or a table here" }}</p>
    <p class="quiet">or <label class="button">choose photos<input type="file" multiple @change="picked"></label> <label class="button">choose a folder<input type="file" webkitdirectory @change="picked"></label></p>
  </div>
  <form v-if="state === 'ready'" class="panel" @submit.prevent="send">
    <h2>Who are these animals?</h2>
    <p><label><input type="radio" value="identify" v-model="purpose"> I want to find out</label></p>
    <p><label><input type="radio" value="known" v-model="purpose"> They are known</label> <span v-if="purpose === 'known'" class="quiet">from a table that you drop with them{{ inFolders || zips ? ", or" : "" }}</span></p>
    <p v-if="purpose === 'known' && (inFolders || zips)"><label><input type="checkbox" v-model="folders"> each folder is called as the animal in it:</label>
      <label v-if="folders">&nbsp;<select v-model="skipped" aria-label="Which folders are called as the animals"><option v-for="one in levels" :key="one.depth" :value="one.depth">{{ one.text }}</option></select></label></p>
    <p v-if="films && detector" class="quiet">Of films the best pictures of every animal are kept, found by the detector {{ detector }}; not the films themselves.</p>
    <p v-if="films && !detector" class="fault">There is no detector here yet to find animals in films, so they will wait: train one on the page <a href="/jobs">Jobs</a>, or put an ONNX model into the folder “detectors” of the catalogue.</p>
    <p><button class="button main">Send {{ files.length.toLocaleString("en") }} files</button> <button type="button" class="button" @click="again">Take all away</button></p>
  </form>
  <div v-if="state === 'sending'" class="panel">
    <h2>Sending {{ files.length.toLocaleString("en") }} files</h2>
    <progress :value="sent" :max="total || 1" aria-label="Sent"></progress>
    <p class="quiet">{{ size(sent) }} of {{ size(total) }} {{ left && "· " + left }}. If the window is closed, drop the same files again: what is there is not sent twice.</p>
  </div>
  <div v-if="state === 'done'" class="panel">
    <h2>All is there.</h2>
    <p>A job works on it now: it reads, describes and compares the photos. You may close this window. What it cannot use of zips and tables is listed in its log and at <a href="/rejected">Rejected files</a>.</p>
    <p><a class="button main" href="/jobs">See how far it is</a> <button class="button" @click="again">Add more</button></p>
  </div>
  <div v-if="out.length" class="panel"><h2>{{ out.length.toLocaleString("en") }} {{ out.length === 1 ? "file was" : "files were" }} left out</h2>
    <ul class="log"><li v-for="one in out"><span>{{ one.path }}</span><span class="quiet">{{ one.reason }}</span></li></ul></div>
</div>`,
};
