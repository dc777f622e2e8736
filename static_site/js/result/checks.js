/** The disclosure "How was this checked?": what was blurred, and the effect. */

import { camName } from '../shared/cam.js';
import { find, make, makeBar } from '../shared/dom.js';
import { percent } from '../shared/format.js';
import { featureName, texts } from '../shared/texts.js';
import { matchLeft } from './feature-effects.js';
import { comparedMaps, judgeFidelity } from './fidelity.js';

/** @typedef {import('../shared/types.js').Explanation} Explanation */

/**
 * @param {HTMLDetailsElement} root hidden where nothing was checked
 * @param {Explanation | null} explanation
 */
export function showChecks(root, explanation) {
  root.hidden = (explanation?.check ?? 'off') === 'off';
  if (!explanation || root.hidden) return;
  const reasons = explanation.reasons ?? [];
  find(root, '.reasons', HTMLElement).hidden = reasons.length === 0;
  find(root, '.no-reasons', HTMLElement).hidden = reasons.length > 0;
  find(root, '.reasons tbody', HTMLElement).replaceChildren(...reasons.map(makeReason));
  showFidelity(find(root, '.fidelity', HTMLElement), explanation);
}

/**
 * @param {string[]} features one, a left and a right one, or all of them measured jointly
 * @returns {string}
 */
export function reasonName(features) {
  if (features.length > 2) return texts.checks.all;
  const [first] = features;
  return featureName(features.length === 2 ? `${first.replace(/^(left|right) /, '')}s` : first);
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
 * @param {Explanation} explanation
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
