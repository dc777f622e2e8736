/** How well a map tells what counts, in words. */

/** @typedef {import('../shared/types.js').Areas} Areas */
/** @typedef {import('../shared/types.js').Fidelity} Fidelity */

/** @type {[keyof Fidelity, string][]} */
const MAPS = [
  ['evidence', 'Evidence'],
  ['grad_cam', 'Grad-CAM'],
  ['centre', 'A dot in the middle'],
  ['random', 'A random map'],
  ['inverted', 'The map inverted'],
];

/**
 * @param {Fidelity} fidelity
 * @returns {{name: string, areas: Areas, own: boolean}[]} the result's own maps first
 */
export function comparedMaps(fidelity) {
  return MAPS.flatMap(([key, name]) => {
    const areas = fidelity[key];
    return areas ? [{ name, areas, own: key === 'evidence' || key === 'grad_cam' }] : [];
  });
}

/**
 * In whole percents, as they are shown: what looks the same is no victory.
 *
 * @param {Areas} one
 * @param {Areas} other
 * @returns {number} how many of the two tests one passes better than the other
 */
function wins(one, other) {
  const [mine, theirs] = [one, other].map(({ deletion, insertion }) => [-deletion, insertion].map(hundredths));
  return mine.filter((value, test) => value > theirs[test]).length;
}

/** @param {number} value */
function hundredths(value) {
  return Math.round(value * 100);
}

/**
 * @param {string} name of the map
 * @param {Areas} areas
 * @param {Fidelity} fidelity
 */
function judge(name, areas, { random, inverted, centre }) {
  const chance = Math.min(wins(areas, random), wins(areas, inverted));
  if (chance === 0) return `${name} fails: on this photo it is no better than chance. Do not trust it here.`;
  if (chance === 1) return `${name} is better than chance in only one of the two tests. Take it with care.`;
  return wins(areas, centre) === 2
    ? `${name} passes both tests: it points at what counts better than all three.`
    : `${name} is better than chance in both tests, but not better than a plain dot in the middle.`;
}

/**
 * @param {Fidelity} fidelity
 * @returns {string[]} a sentence for each of the result's own maps
 */
export function judgeFidelity(fidelity) {
  return comparedMaps(fidelity)
    .filter(({ own }) => own)
    .map(({ name, areas }) => judge(name, areas, fidelity));
}
