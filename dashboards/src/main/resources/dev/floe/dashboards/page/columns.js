import { axisLabel, compact, duration, isNumber, loss, metricLabel, score } from './format.js';

const STATE_ORDER = ['running', 'pending', 'failed', 'quarantined', 'diverged', 'stopped', 'done'];

/**
 * The job table's columns. `value` is what a column sorts by (null sorts last), `text` what its
 * cell reads; columns without `text` are drawn by the row itself.
 */
export function columnsOf(store) {
  const { axes, metric } = store;
  return [
    { key: 'job', label: 'job', kind: 'job', numeric: true, value: (job) => job.job },
    ...axes.map(({ name, values }) => axisColumn(name, values)),
    { key: 'state', label: 'state', kind: 'state', value: (job) => STATE_ORDER.indexOf(job.state) },
    { key: 'score', label: metricLabel(metric), kind: 'score', numeric: true, best: 'descending',
      value: (job) => store.scoreOf(job), text: (job) => score(store.scoreOf(job), metric) },
    { key: 'loss', label: 'loss', numeric: true, value: currentLoss, text: (job) => loss(currentLoss(job)) },
    { key: 'curve', label: 'curve', kind: 'curve' },
    { key: 'weights', label: 'trainable', kind: 'minor', numeric: true,
      value: (job) => number(job.trainable_parameters), text: (job) => compact(job.trainable_parameters) },
    { key: 'seconds', label: 'time', kind: 'minor', numeric: true,
      value: (job) => number(job.seconds), text: (job) => duration(job.seconds) },
    { key: 'speed', label: 'tokens/s', kind: 'minor', numeric: true,
      value: (job) => positive(job.tokens_per_second), text: (job) => compact(positive(job.tokens_per_second)) },
  ];
}

function axisColumn(name, values) {
  return {
    key: name,
    label: axisLabel(name),
    kind: name === 'adapter.type' ? 'type' : values.length > 1 ? 'axis' : 'axis minor',
    numeric: values.every((value) => typeof value === 'number'),
    value: (job) => job.parameters[name] ?? null,
    text: (job) => String(job.parameters[name] ?? ''),
  };
}

function currentLoss(job) {
  return number(job.final_loss) ?? number(job.loss);
}

const number = (value) => (isNumber(value) ? value : null);
const positive = (value) => (isNumber(value) && value > 0 ? value : null);

/** Orders jobs by a column; jobs without a value come last either way, equals by their number. */
export function comparator(column, direction) {
  const sign = direction === 'descending' ? -1 : 1;
  return (a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    if (x === null || y === null) return (x === null) - (y === null) || a.job - b.job;
    const order = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y));
    return sign * order || a.job - b.job;
  };
}
