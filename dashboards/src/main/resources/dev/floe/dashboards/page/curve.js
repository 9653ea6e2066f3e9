import { isNumber } from './format.js';

const LONGEST = 400;

/** A job's losses as [step, loss] points, thinned so that a thousand jobs stay light. */
export class Curve {
  points = [];

  static of(points) {
    const curve = new Curve();
    curve.points = points.filter(([step, loss]) => isNumber(step) && isNumber(loss));
    return curve;
  }

  /** Adds the latest step. An attempt that starts again takes the place of what it repeats. */
  add(step, loss) {
    if (!isNumber(step) || !isNumber(loss)) return;
    while (this.points.length > 0 && this.points.at(-1)[0] >= step) this.points.pop();
    this.points.push([step, loss]);
    if (this.points.length > LONGEST) this.points = this.points.filter((_, i) => i % 2 === 0);
  }

  /** The exponential moving average, corrected for its start at zero. */
  smoothed(weight = 0.7) {
    let average = 0;
    let mass = 0;
    return this.points.map(([step, loss]) => {
      average = weight * average + (1 - weight) * loss;
      mass = weight * mass + (1 - weight);
      return [step, average / mass];
    });
  }
}

/** The loss at a step, from the nearest point; null outside the curve. */
export function lossAt(points, step) {
  if (points.length === 0 || step < points[0][0] - 1 || step > points.at(-1)[0] + 1) return null;
  const at = d3.bisector((point) => point[0]).center(points, step);
  return points[at][1];
}
