/** Numbers as people read them. */

/** @param {number} fraction 0 to 1 */
export function percent(fraction) {
  if (fraction > 0 && fraction < 0.01) return '< 1 %';
  if (fraction < 1 && fraction > 0.99) return '> 99 %';
  return `${Math.round(fraction * 100)} %`;
}

const CERTAINTY = [
  { from: 0.9, words: 'A very strong match' },
  { from: 0.6, words: 'A good match' },
  { from: 0.2, words: 'A weak match' },
  { from: 0, words: 'Hardly a match' },
];
const NOBODY = 0.2;

/**
 * @param {number} probability 0 to 1
 * @returns {string} how sure the network is, in words
 */
export function certainty(probability) {
  return CERTAINTY.find((step) => probability >= step.from)?.words ?? CERTAINTY[CERTAINTY.length - 1].words;
}

/**
 * What stands before the name, so that the nearest of strangers is not taken for a match.
 *
 * @param {number} probability 0 to 1
 * @param {number | undefined} people how many the network knows
 */
export function introduction(probability, people) {
  const known = people ? `${people} people it knows` : 'people it knows';
  return probability < NOBODY ? `Like none of the ${known}. The nearest is` : `Of the ${known}, most like`;
}

/** @param {number} bytes */
export function fileSize(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  const size = bytes / (1024 * 1024);
  return `${size < 10 && !Number.isInteger(size) ? size.toFixed(1) : Math.round(size)} MB`;
}

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 0.0005) return '< 1 ms';
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}

/** @param {string} text a name such as `left_eye`, `gc_map` or `forehead` */
export function readable(text) {
  const words = text.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} many
 */
export function counted(count, one, many) {
  return `${count} ${count === 1 ? one : many}`;
}
