import { Feed } from './feed.js';
import { SweepStore } from './store.js';
import './notice.js';
import './sweep-header.js';
import './loss-curves.js';
import './heatmap.js';
import './job-table.js';

const store = new SweepStore();
for (const view of document.querySelectorAll('floe-notice, floe-header, floe-loss-curves, floe-heatmap, floe-job-table')) {
  view.attach(store);
}

store.addEventListener('replaced', () => {
  document.getElementById('picture').hidden = false;
  document.title = `${store.sweep.sweep} · floe`;
});

new Feed(store).start();
