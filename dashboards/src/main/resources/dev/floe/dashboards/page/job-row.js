import { el, setAttribute, setText } from './dom.js';
import { NONE, jobLabel } from './format.js';
import { typeColor, typeOf } from './palette.js';

const SPARK = { width: 96, height: 22 };

/** One job's row in the table: built once, afterwards only what differs is written. */
export class JobRow {
  #cells = new Map();
  #curveSeen = null;

  constructor(job, columns, onSelect) {
    this.index = job.job;
    this.columns = columns;
    this.button = el('button', { type: 'button', class: 'job', 'aria-pressed': 'false' }, String(job.job));
    this.pill = el('span', { class: 'pill' });
    this.bar = el('span', { class: 'bar' }, el('i'));
    this.step = el('span', { class: 'step' });
    this.reason = el('span', { class: 'reason' });
    this.star = el('span', { class: 'star', hidden: true });
    this.score = el('span');
    this.spark = d3.create('svg')
      .attr('width', SPARK.width).attr('height', SPARK.height).attr('aria-hidden', 'true')
      .attr('viewBox', `0 0 ${SPARK.width} ${SPARK.height}`).attr('preserveAspectRatio', 'none');
    this.sparkPath = this.spark.append('path');
    this.root = el('tr', { 'data-job': job.job }, ...columns.map((column) => this.#cell(column)));
    this.root.addEventListener('click', () => onSelect(job.job));
  }

  #cell(column) {
    const classes = [column.kind ?? '', column.numeric ? 'number' : ''].join(' ').trim();
    const cell = el('td', { class: classes, 'data-column': column.key }, ...this.#content(column.kind));
    this.#cells.set(column.key, cell);
    return cell;
  }

  #content(kind) {
    switch (kind) {
      case 'job': return [this.button];
      case 'state': return [el('div', { class: 'state' }, this.pill, this.bar, this.step), this.reason];
      case 'score': return [this.star, this.score];
      case 'curve': return [this.spark.node()];
      default: return [];
    }
  }

  update(job, { best, selected }) {
    for (const column of this.columns) {
      if (!column.text) continue;
      const node = column.kind === 'score' ? this.score : this.#cells.get(column.key);
      const text = column.text(job);
      setText(node, text);
      node.classList.toggle('blank', text === NONE);
    }
    const color = typeColor(typeOf(job));
    if (this.root.style.getPropertyValue('--color') !== color) this.root.style.setProperty('--color', color);
    setAttribute(this.button, 'aria-label', `Highlight job ${job.job}: ${jobLabel(job)}`);
    this.#drawState(job);
    this.#drawSpark(job.curve.points);
    this.mark({ best, selected });
  }

  /** Shows whether the row is the best one, and whether it is the highlighted one. */
  mark({ best, selected }) {
    this.star.hidden = !best;
    setText(this.star, best ? 'best' : '');
    this.root.classList.toggle('best', best);
    this.root.classList.toggle('selected', selected);
    setAttribute(this.button, 'aria-pressed', selected);
  }

  #drawState(job) {
    const running = job.state === 'running';
    setAttribute(this.pill, 'class', `pill state-${job.state}`);
    setText(this.pill, running ? job.phase ?? 'starting' : job.state);
    const known = running && job.steps > 0;
    this.bar.hidden = !known;
    if (known) this.bar.firstChild.style.width = `${Math.min(100, (100 * job.step) / job.steps).toFixed(1)}%`;
    setText(this.step, known ? `${job.step}/${job.steps}` : job.state === 'pending' && job.attempts > 0 ? `after ${job.attempts} tries` : '');
    this.reason.hidden = !job.failure;
    setText(this.reason, job.failure ?? '');
    setAttribute(this.reason, 'title', job.failure ?? null);
  }

  #drawSpark(points) {
    const last = points.at(-1) ?? null;
    if (last === this.#curveSeen) return;
    this.#curveSeen = last;
    if (last === null) {
      this.sparkPath.attr('d', null);
      return;
    }
    const thinned = points.length > 60 ? points.filter((_, i) => i % Math.ceil(points.length / 60) === 0) : points;
    const x = d3.scaleLinear([thinned[0][0], Math.max(last[0], thinned[0][0] + 1)], [1, SPARK.width - 1]);
    const [low, high] = d3.extent(thinned, ([, loss]) => loss);
    const y = d3.scaleLinear([low, Math.max(high, low + 1e-9)], [SPARK.height - 2, 2]);
    this.sparkPath.attr('d', d3.line().x(([step]) => x(step)).y(([, loss]) => y(loss))(thinned));
  }
}
