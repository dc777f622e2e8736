/** What blurring a part of the face did to the match, in words. */

import { probabilityText } from '../shared/format.js';
import { featureName, texts } from '../shared/texts.js';

/** @typedef {import('../shared/types.js').Effect} Effect */
/** @typedef {import('../shared/types.js').Feature} Feature */
/** @typedef {import('../shared/types.js').Reason} Reason */
/**
 * @typedef {Feature & {strength: number, joint: Reason | null}} RankedFeature strength: of the reason that it is, 0
 *   where it is none; joint: the reason, where it is one only together with others
 */

/**
 * Which features are reasons, alone or together with others. What holds for all of them together marks none.
 *
 * @param {Feature[]} features
 * @param {Reason[]} reasons
 * @returns {RankedFeature[]} the strongest reasons first, then the others by brightness
 */
export function rankFeatures(features, reasons) {
  const sets = reasonsOfSome(features, reasons).filter(({ features: names }) => names.length > 1);
  const ranked = features.map((feature) => {
    const joint = sets.find(({ features: names }) => names.includes(feature.name)) ?? null;
    const effect = joint?.effect ?? (feature.reason && feature.effect);
    const strength = effect ? Math.max(effect.logit, Number.EPSILON) : 0;
    return { ...feature, reason: strength > 0, strength, joint };
  });
  return ranked.sort((a, b) => b.strength - a.strength || b.score - a.score);
}

/**
 * @param {Pick<Feature, 'effect'>[]} features of the face
 * @param {Reason[]} reasons
 * @returns {Reason[]} without that of all features together, which says nothing of a single one
 */
export function reasonsOfSome(features, reasons) {
  const checked = features.filter(({ effect }) => effect).length;
  return reasons.filter(({ features: names }) => names.length === 1 || names.length < checked);
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
export function describeEffect(before, { name, effect, controls = [], reason, significant, joint }) {
  const words = texts.features;
  if (!effect) return { verdict: '', finding: '' };
  const alone = matchLeft(before, effect);
  if (joint) {
    const others = joint.features.filter((feature) => feature !== name).map(featureName);
    const without = others.length > 1 ? words.withoutAll : words.withoutBoth;
    const finding = without(matchLeft(before, joint.effect), matchLeft(before, joint.control), alone);
    return { verdict: words.jointReason(others.join(', ')), finding };
  }
  const control = strictest(controls);
  const elsewhere = control ? words.elsewhere(matchLeft(before, control)) : '';
  const verdict = reason ? words.reason : significant ? words.brightOnly : '';
  return { verdict, finding: `${words.without(alone)}${elsewhere}` };
}
