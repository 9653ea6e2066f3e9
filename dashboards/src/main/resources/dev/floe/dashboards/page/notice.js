import { el } from './dom.js';

/** The line at the top that tells when the page is not (or no longer) live. */
class Notice extends HTMLElement {
  attach(store) {
    this.setAttribute('role', 'status');
    const draw = () => this.replaceChildren(...message(store));
    store.addEventListener('status', draw);
    store.addEventListener('replaced', draw);
    draw();
  }
}

function message({ status, sweep }) {
  if (status === 'connecting') return [line('wait', 'Connecting…')];
  if (status === 'empty') {
    return [line('wait', 'No sweep here yet. It appears by itself once one starts: ', el('code', {}, 'floe run SWEEP.yaml'))];
  }
  if (status === 'live') return [];
  if (sweep === null) return [line('lost', 'The server does not answer. Trying again…')];
  if (sweep.state !== 'running') {
    return [line('rest', 'The run has ended and its server is gone; this is its last picture. To look again later: ', el('code', {}, 'floe serve DIR'))];
  }
  return [line('lost', 'Connection lost: this picture is no longer live. Trying again…')];
}

function line(kind, ...parts) {
  return el('p', { class: `notice ${kind}` }, el('span', { class: 'lamp', 'aria-hidden': 'true' }), el('span', {}, ...parts));
}

customElements.define('floe-notice', Notice);
