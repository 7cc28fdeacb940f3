// A field for the name of an individual. Those that there are are asked for as one types, and never all of them.
let fields = 0;

export default {
  props: { label: String },
  emits: ["named"],
  data: () => ({ text: "", found: [], list: `whom-${++fields}` }),
  beforeUnmount() { clearTimeout(this.waiting); },
  methods: {
    typed() {
      this.$emit("named", this.text);
      clearTimeout(this.waiting);
      this.waiting = setTimeout(this.suggest, 150);
    },
    async suggest() {
      const text = this.text.slice(0, 200);
      const answer = await fetch(`/api/individuals?${new URLSearchParams({ text })}`);
      if (answer.ok && text === this.text) this.found = (await answer.json()).individuals;
    },
  },
  template: `
<label class="whom">{{ label }}
  <input v-model="text" :list="list" maxlength="200" @input="typed" @focus="suggest">
  <datalist :id="list"><option v-for="one in found" :key="one.id" :value="one.name"></option></datalist>
</label>`,
};
