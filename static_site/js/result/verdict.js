/** The head of a result: who it is most like, and how sure the network is. */

import { find } from '../shared/dom.js';
import { percent } from '../shared/format.js';

/** @typedef {import('../shared/types.js').Result} Result */

/**
 * @typedef {object} Head
 * @property {string} before stands before the title
 * @property {string} title the name, unless it is nobody that the network knows
 * @property {string} certainty in words; empty where an older result does not say
 * @property {string} share of the match; empty where it would be taken for a match
 * @property {string} chance that the person is known at all, in a sentence; may be empty
 */

/** @type {Record<string, {leads: string, words: string}>} */
const MATCHES = {
  strong: { leads: 'most like', words: 'A strong match' },
  weak: { leads: 'it leans towards', words: 'A weak match' },
};

/**
 * @param {Pick<Result, 'identity' | 'model'>} result
 * @returns {Head}
 */
export function describeIdentity({ identity, model }) {
  const many = model ? `${model.identities} ` : '';
  const { name = 'Nobody', verdict = '', probability = 0, certainty } = identity ?? {};
  const them = model ? `the ${model.identities}` : 'them';
  const chance = certainty === undefined ? '' : `Chance that it is one of ${them} at all: ${percent(certainty)}`;
  if (verdict === 'nobody') {
    const nearest = `The nearest of ${them} is ${name}`;
    return { before: 'Most likely', title: 'Nobody it knows', certainty: nearest, share: '', chance };
  }
  const { leads, words } = MATCHES[verdict] ?? { leads: MATCHES.strong.leads, words: '' };
  const before = `Of the ${many}people it knows, ${leads}`;
  return { before, title: name, certainty: words, share: identity ? percent(probability) : '', chance };
}

/**
 * @param {HTMLElement} root
 * @param {Result} result
 */
export function showIdentity(root, result) {
  const head = describeIdentity(result);
  write(find(root, '.eyebrow', HTMLElement), head.before);
  write(find(root, 'h1', HTMLElement), head.title);
  write(find(root, '#certainty', HTMLElement), head.certainty);
  write(find(root, '#percent', HTMLElement), head.share);
  write(find(root, '#chance', HTMLElement), head.chance);
  find(root, '#as-if', HTMLElement).hidden = result.identity?.verdict !== 'nobody';
  for (const place of root.querySelectorAll('.named')) place.textContent = result.identity?.name ?? 'nobody';
}

/**
 * @param {HTMLElement} element hidden where there is nothing to say
 * @param {string} text
 */
function write(element, text) {
  element.textContent = text;
  element.hidden = !text;
}
