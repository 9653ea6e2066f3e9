/** How numbers read on the page. A missing value is an en dash, never a blank or a zero. */
export const NONE = '–';

export const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);

const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export function count(value) {
  return isNumber(value) ? plain.format(value) : NONE;
}

/** 940, 12.3k, 1.24M: for numbers of weights and tokens per second. */
export function compact(value) {
  if (!isNumber(value)) return NONE;
  for (const [unit, size] of [['G', 1e9], ['M', 1e6], ['k', 1e3]]) {
    if (value >= size) return (value / size).toPrecision(3) + unit;
  }
  return plain.format(value);
}

export function loss(value) {
  if (!isNumber(value)) return NONE;
  return Math.abs(value) >= 1000 ? value.toExponential(1) : value.toFixed(3);
}

/** A metric in [0, 1] as a percentage when its name says that it is a rate, else as a number. */
export function score(value, metric) {
  if (!isNumber(value)) return NONE;
  return isRate(metric) ? `${(100 * value).toFixed(1)}%` : value.toFixed(3);
}

/** The distance to the frozen backbone: +12.5 points, or a signed number. */
export function gain(value, metric) {
  if (!isNumber(value)) return '';
  const sign = value < 0 ? '−' : '+';
  return isRate(metric) ? `${sign}${Math.abs(100 * value).toFixed(1)}` : `${sign}${Math.abs(value).toFixed(3)}`;
}

/** 0:07, 12:30, 3:05:09. */
export function duration(seconds) {
  if (!isNumber(seconds)) return NONE;
  const whole = Math.max(0, Math.round(seconds));
  const two = (n) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** `adapter.rank` is `rank` where there is little room. */
export function axisLabel(axis) {
  return axis.slice(axis.lastIndexOf('.') + 1);
}

/** `word-problems-test.accuracy` is `accuracy`. */
export function metricLabel(metric) {
  return metric === null ? 'score' : metric.slice(metric.lastIndexOf('.') + 1);
}

/** `lora · mlp · rank 16 · seed 0`: how a job is called in words. */
export function jobLabel(job) {
  return Object.entries(job.parameters)
    .map(([axis, value]) => (typeof value === 'number' ? `${axisLabel(axis)} ${value}` : String(value)))
    .join(' · ');
}

function isRate(metric) {
  return metric !== null && /(^|\.)(accuracy|rate)$/.test(metric);
}
