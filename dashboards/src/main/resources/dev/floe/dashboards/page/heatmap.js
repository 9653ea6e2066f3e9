import { el, setOptions, setText, throttle } from './dom.js';
import { axisLabel, gain, metricLabel, score } from './format.js';

const NOT_SCORED = ['running', 'pending', 'failed', 'diverged', 'stopped', 'quarantined'];

/** The mean score over any two axes of the sweep, as a table whose cells are coloured. */
class Heatmap extends HTMLElement {
  #x = null;
  #y = null;
  #cells = new Map();
  #frame = null;

  attach(store) {
    this.store = store;
    this.#build();
    const draw = throttle(400, () => this.#draw());
    for (const event of ['replaced', 'changed', 'metric']) store.addEventListener(event, draw);
  }

  #build() {
    this.heading = el('h2');
    this.selectY = this.#select('Rows', (name) => this.#choose(this.#x, name));
    this.selectX = this.#select('Columns', (name) => this.#choose(name, this.#y));
    this.caption = el('caption', { class: 'sr' });
    this.table = el('table', { class: 'heat' });
    this.legend = el('div', { class: 'scale' });
    this.append(
      el('header', {}, this.heading,
        el('div', { class: 'controls' }, label('rows', this.selectY), label('columns', this.selectX))),
      el('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Heatmap' }, this.table), this.legend);
  }

  #select(name, choose) {
    const select = el('select', { 'aria-label': `${name} of the heatmap` });
    select.addEventListener('change', () => choose(select.value));
    return select;
  }

  /** Takes the axes of columns and rows; the same axis for both swaps them. */
  #choose(x, y) {
    if (x === y) [x, y] = [this.#y, this.#x];
    [this.#x, this.#y] = [x, y];
    this.#draw();
  }

  #draw() {
    const { axes, metric } = this.store;
    if (this.store.sweep === null) return;
    const names = axes.map(({ name }) => name);
    if (!names.includes(this.#x) || !names.includes(this.#y)) [this.#x, this.#y] = firstAxes(axes);
    setText(this.heading, `Mean ${metricLabel(metric)}`);
    const pairs = axes.map(({ name, values }) => [name, values.length > 1 ? axisLabel(name) : `${axisLabel(name)} (1 value)`]);
    setOptions(this.selectX, pairs, this.#x ?? '');
    setOptions(this.selectY, pairs, this.#y ?? '');
    if (this.#x === null) return;

    const columns = axes.find(({ name }) => name === this.#x).values;
    const rows = axes.find(({ name }) => name === this.#y).values;
    this.#frameTable(columns, rows);
    const groups = this.#group();
    const domain = this.#domain(groups);
    for (const [key, cell] of this.#cells) this.#drawCell(cell, groups.get(key) ?? [], domain);
    this.#drawLegend(domain);
  }

  /** Builds the empty table anew, only when its axes or their values are others. */
  #frameTable(columns, rows) {
    const frame = JSON.stringify([this.#x, columns, this.#y, rows]);
    if (frame === this.#frame) return;
    this.#frame = frame;
    this.#cells.clear();
    setText(this.caption, `Rows: ${this.#y}. Columns: ${this.#x}.`);
    const head = el('tr', {}, el('td', { class: 'corner' }),
      ...columns.map((value) => el('th', { scope: 'col' }, String(value))));
    const body = rows.map((row) => el('tr', {},
      el('th', { scope: 'row' }, String(row)),
      ...columns.map((column) => {
        const cell = newCell();
        this.#cells.set(keyOf(column, row), cell);
        return cell.root;
      })));
    this.table.style.setProperty('--rows', rows.length);
    const axisRow = el('tr', { class: 'axis' }, el('td', { class: 'corner' }, `${axisLabel(this.#y)} ↓`),
      el('th', { colspan: columns.length, scope: 'colgroup' }, axisLabel(this.#x)));
    this.table.replaceChildren(this.caption, el('thead', {}, axisRow, head), el('tbody', {}, ...body));
  }

  #group() {
    const groups = new Map();
    for (const job of this.store.jobs.values()) {
      const key = keyOf(job.parameters[this.#x], job.parameters[this.#y]);
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(job);
    }
    return groups;
  }

  /** From the lowest to the highest mean shown: what tells cells apart, however far above the frozen backbone they are. */
  #domain(groups) {
    const means = [...groups.values()].map((jobs) => this.#mean(jobs).mean).filter((mean) => mean !== null);
    return means.length > 0 ? d3.extent(means) : null;
  }

  #mean(jobs) {
    const scores = jobs.map((job) => this.store.scoreOf(job)).filter((value) => value !== null);
    return { mean: scores.length > 0 ? d3.mean(scores) : null, scored: scores.length };
  }

  #drawCell({ root, value, note }, jobs, domain) {
    const { metric, baseline } = this.store;
    const { mean, scored } = this.#mean(jobs);
    const missing = missingStates(jobs, scored);
    if (mean === null) {
      root.className = `cell none ${missing.worst ?? ''}`;
      root.style.removeProperty('--heat');
      setText(value, jobs.length === 0 ? 'no job' : missing.words[0]);
      setText(note, jobs.length === 0 ? '' : missing.words.slice(1).join(', '));
      root.title = jobs.length === 0 ? 'The sweep has no job here' : jobs.map(reason).filter(Boolean).join('\n');
      return;
    }
    const [low, high] = domain;
    const share = high > low ? (mean - low) / (high - low) : 1;
    root.className = `cell ${share > 0.66 ? 'strong' : share > 0.47 ? 'mid' : ''}`.trim();
    root.style.setProperty('--heat', `${(100 * share).toFixed(1)}%`);
    setText(value, score(mean, metric));
    setText(note, [`n = ${scored}`, ...missing.words].join(', '));
    root.title = baseline === null ? '' : `${gain(mean - baseline, metric)} against the frozen backbone`;
  }

  #drawLegend(domain) {
    const { metric, baseline } = this.store;
    if (domain === null) {
      this.legend.replaceChildren(el('p', { class: 'quiet' }, 'No job is scored yet: cells fill in as jobs end.'));
      return;
    }
    const [low, high] = domain;
    const bar = el('span', { class: 'ramp', 'aria-hidden': 'true' });
    const parts = [el('span', {}, score(low, metric)), bar, el('span', {}, score(high, metric))];
    if (baseline !== null) {
      const inside = low <= baseline && baseline <= high && low < high;
      if (inside) {
        const mark = el('i');
        mark.style.left = `${(100 * (baseline - low)) / (high - low)}%`;
        bar.append(mark);
      }
      const where = inside ? '' : baseline < low ? ', below all' : ', above all';
      parts.push(el('span', { class: 'reference' }, el('i', { 'aria-hidden': 'true' }), `frozen backbone ${score(baseline, metric)}${where}`));
    }
    this.legend.replaceChildren(...parts);
  }
}

/** Types against the axis with most values: what a reader asks first. */
function firstAxes(axes) {
  const wide = axes.filter(({ values }) => values.length > 1);
  const order = [...wide, ...axes.filter((axis) => !wide.includes(axis))].map(({ name }) => name);
  const y = order.includes('adapter.type') && wide.some(({ name }) => name === 'adapter.type') ? 'adapter.type' : order[0];
  const others = order.filter((name) => name !== y);
  const x = others.find((name) => name !== 'seed') ?? others[0];
  return [x ?? y ?? null, y ?? null];
}

/** What is not in the mean: `2 running`, `1 failed`; and the state that colours an empty cell. */
function missingStates(jobs, scored) {
  if (scored === jobs.length) return { words: [], worst: null };
  const counts = d3.rollup(jobs, (group) => group.length, (job) => job.state);
  const present = NOT_SCORED.filter((state) => counts.has(state));
  const words = present.map((state) => `${counts.get(state)} ${state}`);
  const unscored = jobs.length - scored - d3.sum(present, (state) => counts.get(state));
  if (unscored > 0) words.push(`${unscored} not scored`);
  return { words, worst: present.find((state) => state !== 'pending') ?? present[0] ?? null };
}

function reason(job) {
  return job.failure ? `job ${job.job}: ${job.failure}` : `job ${job.job}: ${job.state}`;
}

function newCell() {
  const value = el('b');
  const note = el('small');
  return { root: el('td', { class: 'cell none' }, value, note), value, note };
}

const keyOf = (column, row) => JSON.stringify([column, row]);
const label = (text, control) => el('label', {}, el('span', {}, text), control);

customElements.define('floe-heatmap', Heatmap);
