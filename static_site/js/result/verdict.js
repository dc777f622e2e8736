/** The head of a result: the name, and how certain it is. */

import { find, write } from '../shared/dom.js';
import { probabilityText } from '../shared/format.js';
import { texts } from '../shared/texts.js';

/** @typedef {import('../shared/types.js').Result} Result */

/**
 * @typedef {object} Headline
 * @property {string} before stands above the title
 * @property {string} title the name, or that it is nobody the model knows
 * @property {string} certainty in words; empty where an older result has no verdict
 * @property {string} share the probability; empty where it would be mistaken for a match
 * @property {string} chance a sentence on the probability that the person is known at all; may be empty
 */

/**
 * @param {Pick<Result, 'identity' | 'model'>} result
 * @returns {Headline}
 */
export function describeIdentity({ identity, model }) {
  const words = texts.identity;
  const total = model?.identities ?? null;
  const { name = words.unknown, verdict, probability = 0, certainty, calibrated = true } = identity ?? {};
  const known = certainty === undefined ? '' : words.chance(total, probabilityText(certainty));
  const chance = calibrated ? known : words.uncalibrated;
  if (verdict === 'nobody') {
    return { before: words.nobody, title: words.nobodyTitle, certainty: words.nearest(name), share: '', chance };
  }
  const before = verdict === 'weak' ? words.weak(total) : words.strong(total);
  const match = { strong: words.strongMatch, weak: words.weakMatch };
  const share = identity ? probabilityText(probability) : '';
  return { before, title: name, certainty: verdict ? match[verdict] : '', share, chance };
}

/**
 * @param {Pick<Result, 'identity' | 'model' | 'comparison'>} result of one photo, or of two
 * @returns {{title: string, certainty: string}}
 */
export function describeResult(result) {
  const { comparison } = result;
  if (!comparison) return describeIdentity(result);
  const { verdicts, chance } = texts.comparison;
  return { title: verdicts[comparison.verdict], certainty: chance(probabilityText(comparison.probability)) };
}

/**
 * @param {HTMLElement} root
 * @param {Result} result
 */
export function showIdentity(root, result) {
  const headline = describeIdentity(result);
  write(find(root, '.eyebrow', HTMLElement), headline.before);
  write(find(root, 'h1', HTMLElement), headline.title);
  write(find(root, '#certainty', HTMLElement), headline.certainty);
  write(find(root, '#percent', HTMLElement), headline.share);
  write(find(root, '#chance', HTMLElement), headline.chance);
  const own = result.identity?.source === 'own' && result.identity.verdict !== 'nobody';
  write(find(root, '#own-person', HTMLElement), own ? texts.people.ownPerson : '');
  find(root, '#as-if', HTMLElement).hidden = result.identity?.verdict !== 'nobody';
}
