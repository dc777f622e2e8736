/** The text around the list of the parts of the face. */

import { camName } from '../shared/cam.js';
import { find, write } from '../shared/dom.js';
import { percent, probabilityText } from '../shared/format.js';
import { texts } from '../shared/texts.js';
import { rankFeatures } from './feature-effects.js';

/** @typedef {import('../shared/types.js').Result} Result */

/**
 * @param {HTMLElement} root
 * @param {Result} result
 */
export function showFeatureSummary(root, { features, explanation, identity }) {
  const words = texts.features;
  const checked = features.some(({ effect }) => effect);
  const match = probabilityText(identity?.probability ?? 0);
  find(root, '#parts-brightness', HTMLElement).textContent = words.brightness(camName(explanation));
  write(find(root, '#parts-checked', HTMLElement), checked ? words.checked(match) : '');
  const none = checked && !rankFeatures(features, explanation?.reasons ?? []).some(({ reason }) => reason);
  find(root, '.key', HTMLElement).classList.toggle('none', none);
  find(root, '#filled', HTMLElement).textContent = none ? words.keyNone : checked ? words.keyReason : words.keyBright;
  find(root, '#features-of', HTMLElement).textContent = words.of(identity?.name ?? texts.identity.unknown);
  find(root, '#outside', HTMLElement).textContent = features.length ? describeOutside(explanation) : '';
}

/**
 * @param {Result['explanation']} explanation
 * @returns {string} the share of each map that lies on no feature; empty where there is none
 */
export function describeOutside(explanation) {
  const { outside = 0, evidence_outside: evidence } = explanation ?? {};
  const words = texts.features;
  const shares = [words.outsideShare(percent(outside), camName(explanation))];
  if (typeof evidence === 'number') shares.push(words.outsideShare(percent(evidence), words.theEvidence));
  return outside || evidence ? words.outside(shares) : '';
}
