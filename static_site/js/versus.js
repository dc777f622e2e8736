/** Which parts of the face speak for one name and which for another: from two maps, in numbers and a sentence. */

import { enumerate, joinPairs } from './format.js';
import { enlarge, LAYER_SIDE } from './heatmap.js';
import { decodeSigned, meanInside, subtract } from './signed.js';

/** @typedef {import('./types.js').Candidate} Candidate */
/** @typedef {import('./types.js').Feature} Feature */
/** @typedef {{name: string, share: number}} Part share from -1, all for the other, to 1, all for the one */

const CLEAR = 0.3;
const MENTIONED = 3;

/** @param {Candidate[]} candidates @returns {Candidate[]} those that can be compared */
export function comparable(candidates) {
  return candidates.filter(({ signed }) => signed);
}

/**
 * @param {Candidate} one
 * @param {Candidate} other
 * @returns {import('./types.js').HeatMap} the map of the difference of their logits
 * @throws {TypeError} one of them has no signed map
 */
export function difference(one, other) {
  if (!one.signed || !other.signed) throw new TypeError('a candidate without a signed map');
  return subtract(decodeSigned(one.signed), decodeSigned(other.signed));
}

/**
 * @param {import('./types.js').HeatMap} map a difference
 * @param {Feature[]} features
 * @param {number} side of the crop, pixels
 * @returns {Part[]} in the order of the features, relative to the strongest
 */
export function weigh(map, features, side) {
  const large = enlarge(map, LAYER_SIDE);
  const scale = LAYER_SIDE / side;
  const means = features.map(({ box: { x, y, width, height } }) =>
    meanInside(large, { x: x * scale, y: y * scale, width: width * scale, height: height * scale }),
  );
  const most = Math.max(...means.map(Math.abs)) || 1;
  return features.map(({ name }, index) => ({ name, share: means[index] / most }));
}

/**
 * @param {Part[]} parts
 * @param {string} one
 * @param {string} other
 * @returns {string}
 */
export function versusSentence(parts, one, other) {
  const speaking = (/** @type {1 | -1} */ sign) => {
    const clear = parts.filter(({ share }) => share * sign >= CLEAR);
    clear.sort((first, second) => sign * (second.share - first.share));
    return joinPairs(clear.map(({ name }) => name)).slice(0, MENTIONED);
  };
  const [pro, con] = [speaking(1), speaking(-1)];
  if (!pro.length && !con.length) return `No single part of the face decides between ${one} and ${other}.`;
  const clauses = [clause(pro, one), clause(con, other)].filter(Boolean);
  const text = `${clauses.join('; ')}.`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * @param {string[]} phrases
 * @param {string} name
 */
function clause(phrases, name) {
  const many = phrases.length > 1 || phrases[0]?.startsWith('both');
  return phrases.length ? `${enumerate(phrases)} ${many ? 'speak' : 'speaks'} for ${name}` : '';
}
