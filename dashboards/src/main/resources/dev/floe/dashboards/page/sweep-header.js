import { el, setOptions, setText } from './dom.js';
import { axisLabel, count, duration, gain, jobLabel, metricLabel, score } from './format.js';

const STACK = ['done', 'diverged', 'failed', 'quarantined', 'stopped', 'running'];
const ENDED = STACK.filter((state) => state !== 'running');
const STATE_WORDS = { running: 'running', done: 'finished', stopped: 'stopped' };

/** Name, state, progress and times of the sweep, the frozen backbone's score and the best job's. */
class SweepHeader extends HTMLElement {
  attach(store) {
    this.store = store;
    this.#build();
    for (const event of ['replaced', 'changed', 'metric']) store.addEventListener(event, () => this.#draw());
    store.addEventListener('status', () => this.#drawClock());
    setInterval(() => this.#drawClock(), 1000);
  }

  #build() {
    this.name = el('h1', {}, 'floe');
    this.state = el('span', { class: 'pill', hidden: true });
    this.backbone = el('p', { class: 'backbone' });
    this.chooser = el('select', { 'aria-label': 'Sweep', hidden: true });
    this.chooser.addEventListener('change', () => {
      location.search = new URLSearchParams({ sweep: this.chooser.value });
    });
    this.metric = el('select', { 'aria-label': 'Score to show', hidden: true });
    this.metric.addEventListener('change', () => this.store.chooseMetric(this.metric.value));
    this.choosers = el('div', { class: 'choosers' }, this.chooser, this.metric);

    this.bar = el('div', { class: 'progress', role: 'progressbar', 'aria-label': 'Jobs ended', 'aria-valuemin': 0 });
    this.parts = new Map(STACK.map((state) => [state, el('span', { class: `state-${state}` })]));
    this.bar.append(...this.parts.values());

    this.tiles = Object.fromEntries(['jobs', 'elapsed', 'left', 'frozen', 'best'].map((key) => [key, tile(key)]));
    this.body = el('div', { class: 'about', hidden: true },
      this.bar, el('dl', { class: 'tiles' }, ...Object.values(this.tiles).map(({ root }) => root)));
    this.append(
      el('div', { class: 'title' },
        el('img', { src: '/assets/icon.svg', alt: '', width: 34, height: 34 }),
        el('div', { class: 'name' }, el('div', { class: 'line' }, this.name, this.state), this.backbone),
        this.choosers),
      this.body);
  }

  #draw() {
    const { sweep, jobs, metrics, metric, sweeps } = this.store;
    if (sweep === null) return;
    this.body.hidden = false;
    setText(this.name, sweep.sweep);
    // the last two parts name a model; the whole path is there for who points at it
    setText(this.backbone, `on the frozen backbone ${sweep.backbone.split('/').slice(-2).join('/')}`);
    this.backbone.title = sweep.backbone;
    this.state.hidden = false;
    this.state.className = `pill state-${sweep.state}`;
    setText(this.state, STATE_WORDS[sweep.state] ?? sweep.state);
    setOptions(this.chooser, sweeps.map(({ id, name }) => [id, `${name} (${id})`]), sweep.id);
    this.chooser.hidden = sweeps.length < 2;
    setOptions(this.metric, metrics.map((name) => [name, name]), metric ?? '');
    this.metric.hidden = metrics.length < 2;

    const counts = this.store.counts();
    const ended = ENDED.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
    this.#drawBar(counts, ended, jobs.size);
    this.#drawTiles(counts, ended, jobs.size);
    this.#drawClock();
  }

  #drawBar(counts, ended, total) {
    for (const [state, part] of this.parts) part.style.width = `${(100 * (counts[state] ?? 0)) / Math.max(total, 1)}%`;
    this.bar.setAttribute('aria-valuemax', total);
    this.bar.setAttribute('aria-valuenow', ended);
    this.bar.setAttribute('aria-valuetext', `${ended} of ${total} jobs ended`);
  }

  #drawTiles(counts, ended, total) {
    const { tiles, store } = this;
    const bad = (counts.failed ?? 0) + (counts.quarantined ?? 0);
    tiles.jobs.set('jobs', `${count(ended)} / ${count(total)}`, [
      counts.running ? `${count(counts.running)} running` : '',
      bad ? `${count(bad)} failed` : '',
      counts.diverged ? `${count(counts.diverged)} diverged` : '',
    ].filter(Boolean).join(', '));

    const { baseline, best, metric } = store;
    const what = metricLabel(metric);
    tiles.frozen.set(`frozen backbone`, score(baseline, metric), baseline === null ? baselineState(store.sweep) : what);
    tiles.best.set('best adapter', score(best && store.scoreOf(best), metric),
      best ? `${baseline === null ? '' : `${gain(store.scoreOf(best) - baseline, metric)} · `}${shortLabel(best, store)}` : 'none scored yet');
    tiles.best.root.title = best ? `job ${best.job}: ${jobLabel(best)}` : '';
  }

  #drawClock() {
    const { store, tiles } = this;
    if (store.sweep === null) return;
    const running = store.sweep.state === 'running';
    tiles.elapsed.root.hidden = !running && store.elapsed() === null;
    tiles.elapsed.set('elapsed', duration(store.elapsed()), running ? '' : 'in all');
    const left = store.secondsLeft();
    tiles.left.set('time left', running ? (left === null ? '…' : `≈ ${duration(left)}`) : duration(null),
      running && left === null ? 'not known yet' : '');
    tiles.left.root.hidden = !running;
  }
}

function baselineState({ baseline }) {
  return baseline?.state === 'running' ? 'being scored' : 'not scored yet';
}

/** The axes that differ between jobs, in a few words. */
function shortLabel(job, { axes }) {
  return axes.filter(({ values }) => values.length > 1)
    .map(({ name }) => {
      const value = job.parameters[name];
      return typeof value === 'number' ? `${axisLabel(name)} ${value}` : String(value);
    })
    .join(' ') || `job ${job.job}`;
}

function tile(key) {
  const label = el('dt');
  const value = el('dd', { class: 'value' });
  const note = el('dd', { class: 'note' });
  const root = el('div', { class: `tile ${key}` }, label, value, note);
  const set = (name, text, more = '') => {
    setText(label, name);
    setText(value, text);
    setText(note, more);
  };
  return { root, set };
}

customElements.define('floe-header', SweepHeader);
