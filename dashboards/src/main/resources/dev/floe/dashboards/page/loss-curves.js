import { lossAt } from './curve.js';
import { el, setText, throttle } from './dom.js';
import { isNumber, jobLabel, loss as lossText } from './format.js';
import { Dashes, placementOf, typeColor, typeOf } from './palette.js';

const MARGIN = { top: 12, right: 14, bottom: 42, left: 48 };
const HEIGHT = 300;

/** Every job's loss over its optimizer steps: colour by adapter type, dash by placement. */
class LossCurves extends HTMLElement {
  #smooth = true;
  #log = false;
  #hovered = null;
  #shown = new Map();
  #stale = new Set();
  #width = 0;
  #x = d3.scaleLinear();
  #y = d3.scaleLinear();
  #dashes = new Dashes();

  attach(store) {
    this.store = store;
    this.#build();
    const draw = throttle(120, () => this.#draw());
    store.addEventListener('replaced', () => {
      this.#reset();
      draw();
    });
    store.addEventListener('changed', ({ detail }) => {
      detail.jobs.forEach((job) => this.#stale.add(job));
      if (detail.jobs.size > 0) draw();
    });
    store.addEventListener('selected', () => this.#highlight());
    new ResizeObserver(([{ contentRect }]) => {
      if (Math.round(contentRect.width) === this.#width) return;
      this.#width = Math.round(contentRect.width);
      draw();
    }).observe(this.plot);
  }

  #build() {
    const smooth = el('button', { type: 'button', class: 'toggle', 'aria-pressed': 'true' }, 'smooth');
    smooth.addEventListener('click', () => this.#toggle(smooth, (on) => { this.#smooth = on; }));
    const log = el('button', { type: 'button', class: 'toggle', 'aria-pressed': 'false' }, 'log scale');
    log.addEventListener('click', () => this.#toggle(log, (on) => { this.#log = on; }));

    this.plot = el('div', { class: 'plot' });
    this.svg = d3.select(this.plot).append('svg').attr('height', HEIGHT).attr('role', 'img');
    this.svg.append('clipPath').attr('id', 'curve-area').append('rect');
    this.xAxis = this.svg.append('g').attr('class', 'axis x');
    this.yAxis = this.svg.append('g').attr('class', 'axis y');
    this.xTitle = this.svg.append('text').attr('class', 'axis-title').attr('text-anchor', 'end').text('optimizer step');
    const area = this.svg.append('g').attr('clip-path', 'url(#curve-area)');
    this.raw = area.append('path').attr('class', 'raw');
    this.lines = area.append('g').attr('class', 'lines');
    this.dot = this.svg.append('circle').attr('class', 'dot').attr('r', 4).attr('display', 'none');
    this.tip = el('div', { class: 'tip', hidden: true });
    this.empty = el('p', { class: 'quiet empty' }, 'No job has taken a step yet.');
    this.plot.append(this.tip, this.empty);
    this.plot.addEventListener('pointermove', (event) => this.#hover(event));
    this.plot.addEventListener('pointerleave', () => this.#leave());
    this.plot.addEventListener('click', () => {
      if (this.#hovered !== null) this.store.select(this.#hovered);
    });
    this.legend = el('ul', { class: 'legend' });
    this.detail = el('p', { class: 'detail', 'aria-live': 'polite' });
    this.append(el('header', {}, el('h2', {}, 'Training loss'), el('div', { class: 'controls' }, smooth, log)),
      this.plot, this.legend, this.detail);
  }

  #toggle(button, set) {
    const on = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', on);
    set(on);
    for (const job of this.store.jobs.keys()) this.#stale.add(job);
    this.#draw();
  }

  #reset() {
    this.lines.selectAll('path').remove();
    this.#shown.clear();
    this.#dashes = new Dashes();
    for (const job of this.store.jobs.values()) {
      this.#dashes.of(placementOf(job));
      this.#stale.add(job.job);
    }
    this.#drawLegend();
  }

  /** Draws the touched curves; all of them only when the scales moved. */
  #draw() {
    if (this.store.sweep === null || this.#width === 0) return;
    for (const index of this.#stale) this.#take(this.store.jobs.get(index));
    const moved = this.#rescale();
    const line = d3.line().x(([step]) => this.#x(step)).y(([, loss]) => this.#y(loss));
    for (const [index, { path, points }] of this.#shown) {
      if (moved || this.#stale.has(index)) path.attr('d', line(points));
    }
    this.#stale.clear();
    this.lines.classed('many', this.#shown.size > 60).classed('crowd', this.#shown.size > 250);
    this.empty.hidden = this.#shown.size > 0;
    this.#describe();
    this.#highlight();
  }

  /** Keeps the points that a job's curve shows, and its path. */
  #take(job) {
    if (!job || job.curve.points.length === 0) {
      this.#shown.get(job?.job)?.path.remove();
      this.#shown.delete(job?.job);
      return;
    }
    const points = this.#smooth ? job.curve.smoothed() : job.curve.points;
    let path = this.#shown.get(job.job)?.path;
    if (!path) {
      path = this.lines.append('path').attr('data-job', job.job).attr('stroke-dasharray', this.#dashes.of(placementOf(job)));
      path.style('--color', typeColor(typeOf(job)));
    }
    const [low, high] = d3.extent(points, ([, loss]) => loss);
    this.#shown.set(job.job, { path, points, low, high });
  }

  /** Fits the scales to what is shown; true when they are other than before. */
  #rescale() {
    const before = JSON.stringify([this.#x.domain(), this.#x.range(), this.#y.domain(), this.#log]);
    const [low, high] = this.#extent();
    const steps = d3.max(this.#shown.values(), ({ points }) => points.at(-1)[0]) ?? 1;
    this.#x = d3.scaleLinear([0, Math.max(steps, 2)], [MARGIN.left, this.#width - MARGIN.right]).nice();
    const range = [HEIGHT - MARGIN.bottom, MARGIN.top];
    this.#y = this.#log
      ? d3.scaleLog([Math.max(low, 1e-6), high], range).nice().clamp(true)
      : d3.scaleLinear([Math.min(0, low), high], range).nice();
    const moved = before !== JSON.stringify([this.#x.domain(), this.#x.range(), this.#y.domain(), this.#log]);
    if (moved) this.#drawAxes();
    return moved;
  }

  /** From the lowest to the highest loss. A diverged job may leave the picture: it must not flatten the others. */
  #extent() {
    const curves = [...this.#shown.entries()];
    const sound = curves.filter(([index]) => this.store.jobs.get(index).state !== 'diverged');
    const fitted = sound.length > 0 ? sound : curves;
    const low = d3.min(fitted, ([, curve]) => curve.low);
    const high = d3.max(fitted, ([, curve]) => curve.high);
    return isNumber(low) ? [low, Math.max(high, low + 1e-6)] : [0.1, 1];
  }

  #drawAxes() {
    const right = this.#width - MARGIN.right;
    this.svg.attr('width', this.#width).attr('viewBox', `0 0 ${this.#width} ${HEIGHT}`);
    this.svg.select('#curve-area rect').attr('x', MARGIN.left).attr('y', MARGIN.top - 4)
      .attr('width', right - MARGIN.left).attr('height', HEIGHT - MARGIN.bottom - MARGIN.top + 6);
    this.xAxis.attr('transform', `translate(0,${HEIGHT - MARGIN.bottom})`)
      .call(d3.axisBottom(this.#x).ticks(Math.max(3, this.#width / 90)).tickSizeOuter(0).tickPadding(8));
    this.yAxis.attr('transform', `translate(${MARGIN.left},0)`)
      .call(d3.axisLeft(this.#y).ticks(6, '~g').tickSize(-(right - MARGIN.left)).tickPadding(8));
    this.xTitle.attr('x', right).attr('y', HEIGHT - 2);
  }

  #drawLegend() {
    const jobs = [...this.store.jobs.values()];
    const types = [...new Set(jobs.map(typeOf))];
    const placements = [...new Set(jobs.map(placementOf))];
    this.legend.replaceChildren(
      ...types.map((type) => key(String(type), typeColor(type), null)),
      ...(placements.length > 1 ? placements.map((name) => key(String(name), null, this.#dashes.of(name))) : []));
  }

  #describe() {
    const best = d3.least(this.#shown.entries(), ([, { points }]) => points.at(-1)[1]);
    this.svg.attr('aria-label', best
      ? `Training loss of ${this.#shown.size} jobs; job ${best[0]} is lowest at ${lossText(best[1].points.at(-1)[1])}`
      : 'Training loss: nothing yet');
  }

  /** Brings the hovered or selected curve to the front and pales the others. */
  #highlight() {
    const { selected } = this.store;
    const chosen = this.#hovered ?? selected;
    const front = this.#shown.get(chosen);
    this.lines.classed('dimmed', Boolean(front));
    for (const [index, { path }] of this.#shown) path.classed('chosen', index === chosen).classed('selected', index === selected);
    if (front) front.path.raise();
    this.#drawRaw(front && this.#smooth ? this.store.jobs.get(chosen) : null);
    this.#drawDetail(this.store.jobs.get(chosen));
  }

  /** The unsmoothed losses of the highlighted job, faintly behind its curve. */
  #drawRaw(job) {
    const line = d3.line().x(([step]) => this.#x(step)).y(([, loss]) => this.#y(loss));
    this.raw.attr('d', job ? line(job.curve.points) : null);
    if (job) this.raw.style('--color', typeColor(typeOf(job)));
  }

  #drawDetail(job) {
    if (!job) {
      setText(this.detail, 'Point at a curve, or choose a job in the table, to see which is which.');
      return;
    }
    const parts = [`job ${job.job}`, jobLabel(job), `${job.attempts} ${job.attempts === 1 ? 'attempt' : 'attempts'}`];
    if (job.failure) parts.push(job.failure);
    else if (job.adapter) parts.push(job.adapter);
    setText(this.detail, parts.join(' · '));
  }

  #hover(event) {
    const [x, y] = d3.pointer(event, this.svg.node());
    const step = this.#x.invert(x);
    let nearest = null;
    for (const [index, { points }] of this.#shown) {
      const loss = lossAt(points, step);
      if (loss === null) continue;
      const distance = Math.abs(this.#y(loss) - y);
      if (nearest === null || distance < nearest.distance) nearest = { index, loss, distance };
    }
    if (nearest === null || nearest.distance > 40) {
      this.#leave();
      return;
    }
    if (this.#hovered !== nearest.index) {
      this.#hovered = nearest.index;
      this.#highlight();
    }
    this.#drawTip(nearest, step, x);
  }

  #drawTip({ index, loss }, step, x) {
    const job = this.store.jobs.get(index);
    const y = this.#y(loss);
    this.dot.attr('display', null).attr('cx', x).attr('cy', y).style('--color', typeColor(typeOf(job)));
    this.tip.hidden = false;
    this.tip.replaceChildren(el('b', {}, `job ${index}`), ` ${jobLabel(job)}`, el('br'),
      `step ${Math.round(step)}, loss ${lossText(loss)}`);
    const left = Math.min(Math.max(0, x + 14), Math.max(0, this.#width - this.tip.offsetWidth));
    const above = y - this.tip.offsetHeight - 12;
    this.tip.style.transform = `translate(${left}px, ${above > 0 ? above : y + 14}px)`;
  }

  #leave() {
    this.tip.hidden = true;
    this.dot.attr('display', 'none');
    if (this.#hovered === null) return;
    this.#hovered = null;
    this.#highlight();
  }
}

/** A legend entry: a coloured line for a type, a dashed neutral one for a placement. */
function key(text, color, dash) {
  const sample = d3.create('svg').attr('width', 26).attr('height', 8).attr('aria-hidden', 'true');
  const line = sample.append('line').attr('x2', 26).attr('y1', 4).attr('y2', 4).attr('stroke-dasharray', dash);
  if (color) line.style('--color', color);
  return el('li', {}, sample.node(), text);
}

customElements.define('floe-loss-curves', LossCurves);
