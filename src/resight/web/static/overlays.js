// What the review lays over its pictures on demand: the mask, which dims what the program did not look at, and a heat map
// of the matched spots. Both lie in the layer that is moved, zoomed and turned, and fit it as the pictures do.

const LONGEST = 360; // pixels of the heat map: it is smooth, and stretched over the picture
const REACH = 0.036; // of its longer side: how far round itself a spot warms
const MOST = 0.66; // how much of the picture the warmest place covers

// `shown` is what of the photo the picture shows, `spots` are x, y and weight, all in pixels of the photo.
function paintHeat(canvas, shown, spots) {
  const [left, top, width, height] = shown, scale = LONGEST / Math.max(width, height), reach = REACH * LONGEST;
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const bell = (length, middle) => Float32Array.from({ length }, (_, n) => Math.exp(-(((n + 0.5 - middle) / reach) ** 2) / 2));
  const sum = new Float32Array(canvas.width * canvas.height);
  for (const [x, y, weight] of spots) {
    const across = bell(canvas.width, (x + 0.5 - left) * scale), down = bell(canvas.height, (y + 0.5 - top) * scale);
    for (let n = 0; n < sum.length; n++) sum[n] += weight * across[n % canvas.width] * down[Math.floor(n / canvas.width)];
  }
  const most = sum.reduce((a, b) => Math.max(a, b), 0) || 1;
  const paint = canvas.getContext("2d"), image = paint.createImageData(canvas.width, canvas.height);
  // From dark red over orange to pale yellow: what is warmer is lighter too, for those who see no red.
  sum.forEach((value, n) => {
    const warm = value / most;
    image.data.set([150 + 105 * Math.min(1, warm * 1.6), 235 * warm ** 1.2, 120 * warm ** 3, 255 * MOST * Math.min(1, warm * 1.8)], n * 4);
  });
  paint.putImageData(image, 0, 0);
}

// A part of the review, which has the question, the choice and the other photo, and tells what there is to say.
export default {
  data: () => ({ masked: false, heat: false }),
  computed: {
    matches() { return this.other && this.other.annotation === this.choice.best ? this.choice.matches : []; },
    warmth() { return this.heat ? this.matches : []; },
  },
  watch: {
    warmth() { this.$nextTick(this.paint); },
  },
  methods: {
    showMask() {
      this.masked = !this.masked;
      // That there is no mask stands in the caption, and may leave the picture less room.
      this.measure();
      if (!this.masked) return;
      this.warm();
      const bare = [this.question?.query, this.other].filter((one) => one && !one.mask);
      if (bare.length === 2) this.tell("These photos have no mask.");
      else if (bare.length) this.tell(bare[0] === this.other ? `This photo of ${this.choice.name} has no mask.` : "The photo that is asked about has no mask.");
    },
    // A picture that does not come does not say why; asked once more, the server does.
    async unmasked(animal) {
      const gone = await fetch(animal.mask).then((answer) => answer.status === 404, () => false);
      if (gone) { animal.mask = ""; this.measure(); }
      this.tell(gone ? "This photo has no mask." : "The mask cannot be fetched just now.");
    },
    showHeat() {
      this.heat = !this.heat;
      if (!this.heat || this.matches.length) return;
      this.tell(this.choice?.matches.length ? `The matched spots are on photo 1 of ${this.choice.name}.` : "This pair has no matched spots to show.");
    },
    paint() {
      const spots = (x) => this.warmth.map((match) => [match[x], match[x + 1], match[4]]);
      if (this.$refs.queryHeat) paintHeat(this.$refs.queryHeat, this.question.query.shown, spots(0));
      if (this.$refs.otherHeat) paintHeat(this.$refs.otherHeat, this.other.shown, spots(2));
    },
  },
};
