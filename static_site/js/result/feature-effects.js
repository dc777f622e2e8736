/** What blurring a part of the face away did to the match, in words. */

import { percent } from '../shared/format.js';

/** @typedef {import('../shared/types.js').Effect} Effect */
/** @typedef {import('../shared/types.js').Feature} Feature */
/** @typedef {import('../shared/types.js').Reason} Reason */
/**
 * @typedef {Feature & {strength: number, pair: Reason | null}} RankedFeature strength of the reason that it is, 0 where it
 *   is none; the pair where it is one only together with its other half
 */

/**
 * Which features are reasons, by themselves or as half of a pair that was blurred away as one.
 *
 * @param {Feature[]} features
 * @param {Reason[]} reasons
 * @returns {RankedFeature[]} the largestLead reasons first, the others by brightness
 */
export function rankFeatures(features, reasons) {
  const weighed = features.map((feature) => {
    const pair = reasons.find((one) => one.features.length === 2 && one.features.includes(feature.name)) ?? null;
    const effect = pair?.effect ?? (feature.reason && feature.effect);
    const strength = effect ? Math.max(effect.logit, Number.EPSILON) : 0;
    return { ...feature, reason: strength > 0, strength, pair };
  });
  return weighed.sort((one, other) => other.strength - one.strength || other.score - one.score);
}

/**
 * @param {number} before the match with everything in view, 0 to 1
 * @param {Effect} effect
 * @returns {string} the match without it
 */
export function without(before, effect) {
  return percent(Math.min(1, Math.max(0, before - effect.probability)));
}

/**
 * The control region that a reason has the hardest time to beat.
 *
 * @template {Effect} T
 * @param {T[]} controls
 * @returns {T | undefined}
 */
export function strictest(controls) {
  return controls.toSorted((one, other) => other.probability - one.probability)[0];
}

/**
 * @param {number} before the match with everything in view, 0 to 1
 * @param {RankedFeature} feature
 * @returns {{verdict: string, finding: string}} both empty where nothing was checked
 */
export function describeEffect(before, { name, effect, controls = [], reason, significant, pair }) {
  if (!effect) return { verdict: '', finding: '' };
  const alone = without(before, effect);
  if (pair) {
    const verdict = `A reason together with the ${pair.features.find((one) => one !== name)}`;
    const both = `Without both ${without(before, pair.effect)}, elsewhere ${without(before, pair.control)}`;
    return { verdict, finding: `${both}; without it alone ${alone}` };
  }
  const control = strictest(controls);
  const elsewhere = control ? `, elsewhere ${without(before, control)}` : '';
  const verdict = reason ? 'A reason' : significant ? 'Bright, but no reason' : '';
  return { verdict, finding: `Without it ${alone}${elsewhere}` };
}
