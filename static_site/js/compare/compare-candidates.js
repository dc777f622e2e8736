/**
 * Which parts of the face speak for one name and which for another, in numbers and a sentence. The rules are those
 * of contrast.py and words, so that any pair is treated like the two that the result itself compares.
 */

import { enumerate, joinPairs } from '../shared/format.js';
import { decodeSigned, subtract, sumInside } from './signed-map.js';

/** @typedef {import('../shared/types.js').Candidate} Candidate */
/** @typedef {import('../shared/types.js').Feature} Feature */
/** @typedef {{name: string, lead: number}} Part lead in units of the logit, positive for the one */

const WORTH = 0.5;
const LEAST = 0.1;
const MENTIONED = 3;

/**
 * @param {Candidate} one
 * @param {Candidate} other
 * @returns {import('../shared/types.js').HeatMap} the map of the difference of their logits
 * @throws {TypeError} one of them has no signed map
 */
export function logitDifferenceMap(one, other) {
  if (!one.signed || !other.signed) throw new TypeError('a candidate without a signed map');
  return subtract(decodeSigned(one.signed), decodeSigned(other.signed));
}

/**
 * How much each part adds to the lead of one over the other: measured where the parts were blurred away, else
 * read off the map.
 *
 * @param {Feature[]} features
 * @param {[number, number]} pair places of the two among the candidates
 * @param {import('../shared/types.js').HeatMap} map their difference
 * @param {number} side of the crop, pixels
 * @returns {Part[]} in the order of the features
 */
export function featureLeads(features, [one, other], map, side) {
  return features.map(({ name, box, falls = [] }) => {
    const measured = Math.max(one, other) < falls.length;
    return { name, lead: measured ? falls[one] - falls[other] : sumInside(map, box, side) };
  });
}

/** @param {Part[]} parts @returns {number} the largest lead of either sign */
export function largestLead(parts) {
  return parts.reduce((most, { lead }) => Math.max(most, Math.abs(lead)), 0);
}

/**
 * @param {Part[]} parts
 * @param {string} one
 * @param {string} other
 * @returns {string}
 */
export function contrastSentence(parts, one, other) {
  const worth = Math.max(LEAST, WORTH * largestLead(parts));
  const speaking = (/** @type {1 | -1} */ sign) => {
    const clear = parts.filter(({ lead }) => lead * sign >= worth);
    clear.sort((first, second) => sign * (second.lead - first.lead));
    return joinPairs(clear.slice(0, MENTIONED).map(({ name }) => name));
  };
  const clauses = [clause(speaking(1), one), clause(speaking(-1), other)].filter(Boolean);
  if (!clauses.length) return `No single part of the face decides between ${one} and ${other}.`;
  const text = `${clauses.join('; ')}.`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * @param {string[]} phrases
 * @param {string} name
 */
function clause(phrases, name) {
  const many = phrases.length > 1 || phrases[0]?.endsWith('s');
  return phrases.length ? `${enumerate(phrases)} ${many ? 'speak' : 'speaks'} for ${name}` : '';
}
