/** How well each map marks what matters, in words. */

import { texts } from '../shared/texts.js';

/** @typedef {import('../shared/types.js').Areas} Areas */
/** @typedef {import('../shared/types.js').Fidelity} Fidelity */

/**
 * @param {Fidelity} fidelity
 * @param {string} method of the activation map, such as `LayerCAM`
 * @returns {{name: string, areas: Areas, own: boolean}[]} the result's own maps first, then the baselines
 */
export function comparedMaps(fidelity, method) {
  const { evidence, cam = fidelity.grad_cam, centre, random, inverted } = fidelity;
  const words = texts.checks;
  return [
    { name: texts.picture.evidence, areas: evidence, own: true },
    { name: method, areas: cam, own: true },
    { name: words.centre, areas: centre, own: false },
    { name: words.random, areas: random, own: false },
    { name: words.inverted, areas: inverted, own: false },
  ].flatMap(({ name, areas, own }) => (areas ? [{ name, areas, own }] : []));
}

/**
 * In whole percents, as they are shown: figures that read the same are a draw.
 *
 * @param {Areas} areas
 * @param {Areas} baseline
 * @returns {number} in how many of the two tests the areas are better
 */
function wins(areas, baseline) {
  const [own, other] = [areas, baseline].map(({ deletion, insertion }) => [-deletion, insertion].map(hundredths));
  return own.filter((value, test) => value > other[test]).length;
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
  const words = texts.checks;
  const chance = Math.min(wins(areas, random), wins(areas, inverted));
  if (chance === 0) return words.fails(name);
  if (chance === 1) return words.half(name);
  return wins(areas, centre) === 2 ? words.passes(name) : words.dot(name);
}

/**
 * @param {Fidelity} fidelity
 * @param {string} method of the activation map
 * @returns {string[]} a sentence for each of the result's own maps
 */
export function judgeFidelity(fidelity, method) {
  return comparedMaps(fidelity, method)
    .filter(({ own }) => own)
    .map(({ name, areas }) => judge(name, areas, fidelity));
}
