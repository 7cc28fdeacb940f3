// The whole photo with its box, which can be drawn anew: drag on the photo, then save.
export default {
  props: { photo: String, box: Array, width: Number, height: Number, annotation: Number, may: Boolean },
  data: () => ({ now: null, from: null, changed: false, fault: "", done: "" }),
  created() { this.now = this.box ? [...this.box] : null; },
  computed: {
    style() {
      if (!this.now) return { display: "none" };
      const [x, y, w, h] = this.now;
      const share = (part, whole) => `${(100 * part) / whole}%`;
      return { left: share(x, this.width), top: share(y, this.height), width: share(w, this.width), height: share(h, this.height) };
    },
  },
  methods: {
    at(event) {
      const seen = this.$refs.photo.getBoundingClientRect();
      const clip = (value) => Math.min(Math.max(value, 0), 1);
      return [clip((event.clientX - seen.left) / seen.width) * this.width, clip((event.clientY - seen.top) / seen.height) * this.height];
    },
    begin(event) {
      if (!this.may) return;
      this.from = this.at(event);
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    move(event) {
      if (!this.from) return;
      const to = this.at(event);
      const box = [Math.min(this.from[0], to[0]), Math.min(this.from[1], to[1]), Math.abs(to[0] - this.from[0]), Math.abs(to[1] - this.from[1])];
      if (box[2] < this.width / 100 || box[3] < this.height / 100) return;
      this.now = box.map((part) => Math.round(part));
      this.changed = true; this.done = "";
    },
    end() { this.from = null; },
    reset() { this.now = this.box ? [...this.box] : null; this.changed = false; },
    async save() {
      const [x, y, w, h] = this.now;
      const answer = await fetch(`/api/annotations/${this.annotation}/corrections`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ box: { x, y, w, h } }),
      });
      const said = await answer.json();
      if (!answer.ok) { this.fault = said.detail; return; }
      this.fault = ""; this.changed = false;
      this.done = "Corrected. It is described anew with the next identification.";
    },
  },
  template: `
<div>
  <div v-if="fault" class="fault" role="alert">{{ fault }}</div>
  <div class="whole" :class="{ draw: may }" @pointerdown="begin" @pointermove="move" @pointerup="end" @pointercancel="end">
    <img ref="photo" :src="photo" alt="The whole photo" draggable="false"><span class="box" :style="style"></span>
  </div>
  <p class="tools" v-if="may">
    <template v-if="changed"><button class="button main" @click="save">Save this box</button> <button class="button" @click="reset">As it was</button></template>
    <span class="quiet" v-else aria-live="polite">{{ done || "Drag on the photo to draw another box round the animal." }}</span>
  </p>
</div>`,
};
