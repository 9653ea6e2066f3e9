import { columnsOf, comparator } from './columns.js';
import { el, setText, throttle } from './dom.js';
import { count } from './format.js';
import { JobRow } from './job-row.js';

const PAGE = 50;
const FILTERS = ['running', 'pending', 'done', 'diverged', 'failed', 'quarantined', 'stopped'];

/** All jobs, sortable and filtered by state, a page at a time. */
class JobTable extends HTMLElement {
  #columns = [];
  #sort = { key: 'job', direction: 'ascending' };
  #filter = null;
  #page = 0;
  #rows = new Map();
  #best = null;

  attach(store) {
    this.store = store;
    this.#build();
    // Order is looked at once a second: rows that overtake each other at every step are unreadable.
    const reorder = throttle(1000, () => this.#arrange());
    store.addEventListener('replaced', () => this.#restart());
    store.addEventListener('metric', () => this.#restart());
    store.addEventListener('changed', ({ detail }) => {
      this.#touch(detail.jobs);
      if (detail.jobs.size > 0) reorder();
    });
    store.addEventListener('selected', () => this.#mark());
  }

  #build() {
    this.filters = el('div', { class: 'filters', role: 'group', 'aria-label': 'Show jobs by state' });
    this.head = el('tr');
    this.body = el('tbody');
    this.empty = el('p', { class: 'quiet', hidden: true });
    this.previous = el('button', { type: 'button' }, '← previous');
    this.next = el('button', { type: 'button' }, 'next →');
    this.previous.addEventListener('click', () => this.#turn(-1));
    this.next.addEventListener('click', () => this.#turn(+1));
    this.range = el('span', { 'aria-live': 'polite' });
    this.pager = el('nav', { class: 'pager', 'aria-label': 'Pages of the job table' }, this.range, this.previous, this.next);
    this.append(
      el('header', {}, el('h2', {}, 'Jobs'), this.filters),
      el('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': 'Job table' },
        el('table', { class: 'jobs' }, el('thead', {}, this.head), this.body)),
      this.empty, this.pager);
  }

  /** Begins anew after a new picture, with the columns it asks for. */
  #restart() {
    if (this.store.sweep === null) return;
    this.#columns = columnsOf(this.store);
    this.#rows.clear();
    this.head.replaceChildren(...this.#columns.map((column) => this.#headCell(column)));
    this.#best = this.store.best;
    this.#arrange();
  }

  #headCell(column) {
    const classes = [column.kind ?? '', column.numeric ? 'number' : ''].join(' ').trim();
    if (!column.value) return el('th', { scope: 'col', class: classes }, column.label);
    const button = el('button', { type: 'button' }, column.label);
    button.addEventListener('click', () => this.#sortBy(column));
    const sorted = this.#sort.key === column.key ? this.#sort.direction : null;
    return el('th', { scope: 'col', class: classes, 'data-column': column.key, 'aria-sort': sorted }, button);
  }

  #sortBy(column) {
    const first = column.best ?? 'ascending';
    const other = first === 'ascending' ? 'descending' : 'ascending';
    const again = this.#sort.key === column.key && this.#sort.direction === first;
    this.#sort = { key: column.key, direction: again ? other : first };
    this.#page = 0;
    for (const th of this.head.children) {
      if (th.dataset.column === column.key) th.setAttribute('aria-sort', this.#sort.direction);
      else th.removeAttribute('aria-sort');
    }
    this.#arrange();
  }

  /** Puts the page's rows in order; rows that stay are moved, not drawn again. */
  #arrange() {
    const { store } = this;
    const column = this.#columns.find(({ key }) => key === this.#sort.key) ?? this.#columns[0];
    const jobs = [...store.jobs.values()].filter((job) => this.#filter === null || job.state === this.#filter);
    jobs.sort(comparator(column, this.#sort.direction));
    this.#page = Math.min(this.#page, Math.max(0, Math.ceil(jobs.length / PAGE) - 1));
    const shown = jobs.slice(this.#page * PAGE, (this.#page + 1) * PAGE);

    const keep = new Set(shown.map(({ job }) => job));
    for (const [index, row] of this.#rows) {
      if (keep.has(index)) continue;
      row.root.remove();
      this.#rows.delete(index);
    }
    shown.forEach((job, at) => this.#place(this.#rowOf(job), at));
    while (this.body.children.length > shown.length) this.body.lastChild.remove();

    this.#drawFilters();
    this.#drawPager(shown.length, jobs.length);
  }

  #rowOf(job) {
    let row = this.#rows.get(job.job);
    if (!row) {
      row = new JobRow(job, this.#columns, (index) => this.store.select(index));
      this.#rows.set(job.job, row);
      this.#draw(row, job);
    }
    return row;
  }

  #place(row, at) {
    const there = this.body.children[at] ?? null;
    if (there === row.root) return;
    const focused = row.root.contains(document.activeElement) ? document.activeElement : null;
    this.body.insertBefore(row.root, there);
    focused?.focus({ preventScroll: true });
  }

  #touch(jobs) {
    for (const index of jobs) {
      const row = this.#rows.get(index);
      if (row) this.#draw(row, this.store.jobs.get(index));
    }
    const best = this.store.best;
    if (best?.job !== this.#best?.job) {
      this.#best = best;
      this.#mark();
    }
  }

  #draw(row, job) {
    row.update(job, this.#marksOf(job.job));
  }

  #mark() {
    for (const [index, row] of this.#rows) row.mark(this.#marksOf(index));
  }

  #marksOf(index) {
    return { best: index === this.#best?.job, selected: index === this.store.selected };
  }

  #drawFilters() {
    const counts = this.store.counts();
    const present = FILTERS.filter((state) => counts[state] || state === this.#filter);
    const wanted = [[null, 'all', this.store.jobs.size], ...present.map((state) => [state, state, counts[state] ?? 0])];
    const known = [...this.filters.children].map((button) => button.dataset.state);
    if (known.join() !== wanted.map(([, label]) => label).join()) {
      this.filters.replaceChildren(...wanted.map(([state, label]) => this.#filterButton(state, label)));
    }
    wanted.forEach(([state, , many], at) => {
      const button = this.filters.children[at];
      button.setAttribute('aria-pressed', state === this.#filter);
      setText(button.lastChild, count(many));
    });
  }

  #filterButton(state, label) {
    const button = el('button', { type: 'button', class: `toggle state-${label}`, 'data-state': label }, `${label} `, el('b'));
    button.addEventListener('click', () => {
      this.#filter = this.#filter === state ? null : state;
      this.#page = 0;
      this.#arrange();
    });
    return button;
  }

  #drawPager(shown, total) {
    const first = this.#page * PAGE;
    this.pager.hidden = total <= PAGE;
    setText(this.range, `${count(first + 1)}–${count(first + shown)} of ${count(total)}`);
    this.previous.disabled = this.#page === 0;
    this.next.disabled = first + shown >= total;
    this.empty.hidden = total > 0;
    setText(this.empty, this.#filter === null ? 'The sweep has no jobs.' : `No job is ${this.#filter} now.`);
  }

  #turn(pages) {
    this.#page += pages;
    this.#arrange();
    this.scrollIntoView({ block: 'start' });
  }
}

customElements.define('floe-job-table', JobTable);
