/** Colour by adapter type and dash by placement: the same in curves, table and legend. */

const TYPES = ['lora', 'series', 'parallel', 'prefix', 'full'];
const DASHES = [null, '7 3', '2 3', '9 3 2 3', '4 2'];

/** The page's colour for an adapter type, as a CSS variable that follows light and dark. */
export function typeColor(type) {
  const known = TYPES.indexOf(type);
  return `var(--type-${known < 0 ? TYPES.length : known})`;
}

/** Gives every placement of a sweep its dash, in order of appearance. */
export class Dashes {
  #order = [];

  of(placement) {
    let at = this.#order.indexOf(placement);
    if (at < 0) at = this.#order.push(placement) - 1;
    return DASHES[at % DASHES.length];
  }
}

export const typeOf = (job) => job.parameters['adapter.type'];
export const placementOf = (job) => job.parameters['adapter.placement'];
