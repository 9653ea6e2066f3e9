import { Curve } from './curve.js';
import { isNumber } from './format.js';

/**
 * What the page knows of one sweep. Views listen for:
 * `replaced` (a whole new picture), `changed` (`detail.jobs`: the touched jobs, at most once per
 * frame), `selected`, `metric`, `status`.
 */
export class SweepStore extends EventTarget {
  sweep = null;
  jobs = new Map();
  axes = [];
  metrics = [];
  metric = null;
  selected = null;
  status = 'connecting';
  sweeps = [];
  #touched = new Set();
  #scheduled = false;

  /** Takes the whole picture, as the event stream sends it first and after every reconnection. */
  replace(view) {
    const { jobs, axes, ...summary } = view;
    this.#note(summary);
    this.axes = axes;
    this.jobs = new Map(jobs.map((job) => [job.job, { ...job, curve: Curve.of(job.curve ?? []) }]));
    if (!this.jobs.has(this.selected)) this.selected = null;
    this.#findMetrics();
    this.#emit('replaced');
  }

  /** Takes the sweep's summary: state, counts and times. */
  update(summary) {
    this.#note(summary);
    this.#findMetrics();
    this.#schedule();
  }

  /** Takes one job's row: with its whole curve, or with the points since the row before. */
  updateJob(row) {
    const curve = row.curve ? Curve.of(row.curve) : this.jobs.get(row.job)?.curve ?? new Curve();
    for (const [step, loss] of row.points ?? []) curve.add(step, loss);
    this.jobs.set(row.job, { ...row, curve });
    this.#touched.add(row.job);
    if (Object.keys(row.metrics).length > 0) this.#findMetrics();
    this.#schedule();
  }

  select(job) {
    this.selected = this.selected === job ? null : job;
    this.#emit('selected');
  }

  chooseMetric(metric) {
    this.metric = metric;
    this.#emit('metric');
  }

  setStatus(status) {
    if (this.status === status) return;
    this.status = status;
    this.#emit('status');
  }

  scoreOf(job) {
    const value = job.metrics[this.metric];
    return isNumber(value) ? value : null;
  }

  /** The frozen backbone's score; null while it is not known. */
  get baseline() {
    const value = this.sweep?.baseline?.metrics?.[this.metric];
    return isNumber(value) ? value : null;
  }

  /** The job with the highest score; null before the first. Of equals the first one. */
  get best() {
    let best = null;
    for (const job of this.jobs.values()) {
      const score = this.scoreOf(job);
      if (score !== null && (best === null || score > this.scoreOf(best))) best = job;
    }
    return best;
  }

  /** How many jobs are in each state. */
  counts() {
    const counts = {};
    for (const { state } of this.jobs.values()) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  }

  /** Seconds since the sweep began, going on between two messages while it runs. */
  elapsed() {
    return this.#since(this.sweep.elapsed_seconds, +1);
  }

  secondsLeft() {
    return this.sweep.state === 'running' ? this.#since(this.sweep.seconds_left, -1) : null;
  }

  #since(seconds, direction) {
    if (!isNumber(seconds)) return null;
    const moving = this.sweep.state === 'running' && this.status === 'live';
    return moving ? seconds + direction * (performance.now() - this.sweep.at) / 1000 : seconds;
  }

  #note(summary) {
    this.sweep = { ...this.sweep, ...summary, at: performance.now() };
  }

  #findMetrics() {
    const names = new Set(Object.keys(this.sweep.baseline?.metrics ?? {}));
    for (const job of this.jobs.values()) Object.keys(job.metrics).forEach((name) => names.add(name));
    this.metrics = [...names].sort();
    if (!names.has(this.metric)) {
      this.metric = this.metrics.find((name) => name.endsWith('.accuracy')) ?? this.metrics[0] ?? null;
      this.#emit('metric');
    }
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      const jobs = this.#touched;
      this.#touched = new Set();
      this.#emit('changed', { jobs });
    });
  }

  #emit(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
