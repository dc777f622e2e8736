/** Numbers as people read them. */

/** @param {number} fraction 0 to 1 @returns {string} without a space where a line may break */
export function percent(fraction) {
  if (fraction > 0 && fraction < 0.01) return '<\u00a01\u00a0%';
  if (fraction < 1 && fraction > 0.99) return '>\u00a099\u00a0%';
  return `${Math.round(fraction * 100)}\u00a0%`;
}

/** @param {string} text @returns {string} the same with every number kept beside its percent sign */
export function keepTogether(text) {
  return text.replace(/(\d) %/g, '$1\u00a0%');
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

const PAIRS = ['eye', 'brow', 'cheek'];
const SIDES = /^(left|right) /;

/**
 * Feature names as parts of a sentence; a left and a right part become their pair, where the first of them stood.
 *
 * @param {string[]} names such as `left eye`, `nose`, `right eye`
 * @returns {string[]} such as `the eyes`, `the nose`
 */
export function joinPairs(names) {
  const phrase = (/** @type {string} */ name) => {
    const part = name.replace(SIDES, '');
    const both = PAIRS.includes(part) && ['left', 'right'].every((side) => names.includes(`${side} ${part}`));
    return both ? `the ${part}s` : `the ${name}`;
  };
  return [...new Set(names.map(phrase))];
}

/** @param {string[]} words @returns {string} `one, two and three` */
export function enumerate(words) {
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}` : words.join('');
}
