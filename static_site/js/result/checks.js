/** The disclosure "How was this checked?": what was blurred, and the effect. */

import { camName } from '../shared/cam.js';
import { find, make, makeBar } from '../shared/dom.js';
import { percent } from '../shared/format.js';
import { featureName, texts } from '../shared/texts.js';
import { matchLeft } from './feature-effects.js';
import { comparedMaps, judgeFidelity } from './fidelity.js';

/** @typedef {import('../shared/types.js').Justification} Justification */

/** Larger sets of features that were measured jointly are all of them. */
const LARGEST_SET = 5;

/**
 * @param {HTMLElement} root
 * @param {Justification} explanation
 */
export function showChecks(root, explanation) {
  const reasons = explanation.reasons ?? [];
  find(root, '.reasons', HTMLElement).hidden = reasons.length === 0;
  find(root, '.no-reasons', HTMLElement).hidden = reasons.length > 0;
  find(root, '.reasons tbody', HTMLElement).replaceChildren(...reasons.map(makeReason));
  showFidelity(find(root, '.fidelity', HTMLElement), explanation);
}

/**
 * @param {string[]} features one, or several that were measured jointly
 * @returns {string}
 */
export function reasonName(features) {
  if (features.length > LARGEST_SET) return texts.checks.all;
  return [...new Set(features.map((name) => pairName(name, features)))].map(featureName).join(', ');
}

/**
 * @param {string} name
 * @param {string[]} names
 * @returns {string} the pair's name where both of its features are among the names
 */
function pairName(name, names) {
  const part = name.replace(/^(left|right) /, '');
  const isPair = part !== name && ['left', 'right'].every((side) => names.includes(`${side} ${part}`));
  return isPair ? `${part}s` : name;
}

/** @param {import('../shared/types.js').Reason} reason */
function makeReason({ features, before, effect, control }) {
  return make(
    'tr',
    {},
    make('th', { scope: 'row' }, reasonName(features)),
    make('td', { class: 'number' }, matchLeft(before, effect)),
    make('td', { class: 'number' }, matchLeft(before, control)),
  );
}

/**
 * @param {HTMLElement} root
 * @param {Justification} explanation
 */
function showFidelity(root, explanation) {
  const { fidelity } = explanation;
  root.hidden = !fidelity;
  if (!fidelity) return;
  const method = camName(explanation);
  const sentences = judgeFidelity(fidelity, method);
  find(root, '.words', HTMLElement).replaceChildren(...sentences.map((text) => make('p', {}, text)));
  find(root, 'tbody', HTMLElement).replaceChildren(
    ...comparedMaps(fidelity, method).map(({ name, areas, own }) =>
      make(
        'tr',
        { class: own ? 'own' : '' },
        make('th', { scope: 'row' }, name),
        makeMeter(areas.deletion),
        makeMeter(areas.insertion),
      ),
    ),
  );
}

/** @param {number} share 0 to 1 */
function makeMeter(share) {
  const number = make('span', { class: 'number' }, percent(share));
  return make('td', {}, make('span', { class: 'meter' }, makeBar(share), number));
}
