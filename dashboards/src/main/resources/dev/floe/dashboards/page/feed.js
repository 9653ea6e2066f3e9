const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15000;

/**
 * Keeps a store in step with the server. Every connection begins with a `view` event, the whole
 * picture, so whatever was missed while the line was down is made good.
 */
export class Feed {
  #store;
  #source = null;
  #wait = FIRST_WAIT;

  constructor(store) {
    this.#store = store;
  }

  /** Looks for the sweep that the address names, or the newest one, and follows it. */
  async start() {
    try {
      const sweeps = await fetchJson('/api/sweeps');
      this.#store.sweeps = sweeps;
      const chosen = chooseSweep(sweeps);
      if (chosen) this.#follow(chosen.id);
      else {
        this.#store.setStatus('empty');
        this.#again();
      }
    } catch {
      this.#store.setStatus('lost');
      this.#again();
    }
  }

  #follow(id) {
    const source = new EventSource(`/api/sweeps/${encodeURIComponent(id)}/events`);
    this.#source = source;
    source.addEventListener('view', (event) => {
      this.#wait = FIRST_WAIT;
      this.#store.setStatus('live');
      this.#store.replace(JSON.parse(event.data));
    });
    source.addEventListener('sweep', (event) => this.#store.update(JSON.parse(event.data)));
    source.addEventListener('job', (event) => this.#store.updateJob(JSON.parse(event.data)));
    source.addEventListener('error', () => {
      // The browser's own retry has no back-off, and none at all after a refusal.
      source.close();
      if (this.#source !== source) return;
      this.#store.setStatus('lost');
      this.#again();
    });
  }

  #again() {
    setTimeout(() => this.start(), this.#wait);
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
  }
}

function chooseSweep(sweeps) {
  const wanted = new URLSearchParams(location.search).get('sweep');
  return sweeps.find(({ id }) => id === wanted)
    ?? sweeps.find(({ state }) => state === 'running')
    ?? sweeps.at(-1);
}

async function fetchJson(url) {
  const response = await fetch(url, { headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}
