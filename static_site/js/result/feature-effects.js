/** What blurring a part of the face did to the match, in words. */

import { probabilityText } from '../shared/format.js';
import { featureName, texts } from '../shared/texts.js';

/** @typedef {import('../shared/types.js').Effect} Effect */
/** @typedef {import('../shared/types.js').Feature} Feature */
/** @typedef {import('../shared/types.js').Reason} Reason */
/**
 * @typedef {Feature & {strength: number, pair: Reason | null}} RankedFeature strength: of the reason that it is, 0 where
 *   it is none; pair: the reason, where it is one only together with its other half
 */

/**
 * Which features are reasons, alone or as half of a pair that was blurred together.
 *
 * @param {Feature[]} features
 * @param {Reason[]} reasons
 * @returns {RankedFeature[]} the strongest reasons first, then the others by brightness
 */
export function rankFeatures(features, reasons) {
  const ranked = features.map((feature) => {
    const pair = reasons.find(({ features: names }) => isPair(names) && names.includes(feature.name)) ?? null;
    const effect = pair?.effect ?? (feature.reason && feature.effect);
    const strength = effect ? Math.max(effect.logit, Number.EPSILON) : 0;
    return { ...feature, reason: strength > 0, strength, pair };
  });
  return ranked.sort((a, b) => b.strength - a.strength || b.score - a.score);
}

/**
 * @param {string[]} names
 * @returns {boolean} whether they are a left and a right feature
 */
function isPair(names) {
  const [first, second] = names.map((name) => name.replace(/^(left|right) /, ''));
  return names.length === 2 && first === second;
}

/**
 * @param {number} before the match of the whole face, 0 to 1
 * @param {Effect} effect
 * @returns {string} the match that is left
 */
export function matchLeft(before, effect) {
  return probabilityText(before - effect.probability);
}

/**
 * @template {Effect} T
 * @param {T[]} controls
 * @returns {T | undefined} the one with the largest effect, which is the hardest to beat
 */
export function strictest(controls) {
  return controls.toSorted((a, b) => b.probability - a.probability)[0];
}

/**
 * @param {number} before the match of the whole face, 0 to 1
 * @param {RankedFeature} feature
 * @returns {{verdict: string, finding: string}} both empty where nothing was checked
 */
export function describeEffect(before, { name, effect, controls = [], reason, significant, pair }) {
  const words = texts.features;
  if (!effect) return { verdict: '', finding: '' };
  const alone = matchLeft(before, effect);
  if (pair) {
    const other = pair.features.find((feature) => feature !== name) ?? name;
    const verdict = words.pairReason(featureName(other));
    return { verdict, finding: words.withoutBoth(matchLeft(before, pair.effect), matchLeft(before, pair.control), alone) };
  }
  const control = strictest(controls);
  const elsewhere = control ? words.elsewhere(matchLeft(before, control)) : '';
  const verdict = reason ? words.reason : significant ? words.brightOnly : '';
  return { verdict, finding: `${words.without(alone)}${elsewhere}` };
}
