/** What stands around the list of the parts of the face. */

import { find } from '../shared/dom.js';
import { percent } from '../shared/format.js';

/** @typedef {import('../shared/types.js').Result} Result */

/**
 * @param {HTMLElement} root
 * @param {Result} result
 */
export function showFeatureSummary(root, { features, explanation, identity }) {
  const checked = features.some(({ effect }) => effect);
  find(root, '#parts-checked', HTMLElement).hidden = !checked;
  find(root, '#filled', HTMLElement).textContent = checked ? 'marks a reason.' : 'marks what stands out.';
  find(root, '#match', HTMLElement).textContent = percent(identity?.probability ?? 0);
  find(root, '#outside', HTMLElement).textContent = features.length ? describeOutside(explanation) : '';
}

/**
 * @param {Result['explanation']} explanation
 * @returns {string} how much of each map lies on no feature; empty where nothing does
 */
export function describeOutside(explanation) {
  const { outside = 0, evidence_outside: evidence } = explanation ?? {};
  const shares = [`${percent(outside)} of Grad-CAM`];
  if (typeof evidence === 'number') shares.push(`${percent(evidence)} of the evidence`);
  const verb = shares.length > 1 ? 'lie' : 'lies';
  const where = 'on no named part, but on hair, edges or background.';
  return outside || evidence ? `${shares.join(' and ')} ${verb} ${where}` : '';
}
