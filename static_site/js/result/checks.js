/** The fold-out "How was this checked?": what was blurred away, and what that did. */

import { find, make } from '../shared/dom.js';
import { without } from './feature-effects.js';
import { comparedMaps, judgeFidelity } from './fidelity.js';
import { joinPairs, percent, readable } from '../shared/format.js';

/** @typedef {import('../shared/types.js').Explanation} Explanation */

/**
 * @param {HTMLDetailsElement} root hidden where nothing was checked
 * @param {Explanation | null} explanation
 */
export function showChecks(root, explanation) {
  root.hidden = (explanation?.check ?? 'off') === 'off';
  root.open = false;
  if (!explanation || root.hidden) return;
  const reasons = explanation.reasons ?? [];
  find(root, '.reasons', HTMLElement).hidden = reasons.length === 0;
  find(root, '.no-reasons', HTMLElement).hidden = reasons.length > 0;
  find(root, '.reasons tbody', HTMLElement).replaceChildren(...reasons.map(makeReason));
  showFidelity(find(root, '.fidelity', HTMLElement), explanation.fidelity ?? null);
}

/** @param {string[]} features one, a pair, or all of them measured jointly */
function named(features) {
  const phrases = joinPairs(features);
  return phrases.length > 1 ? 'All parts together' : readable(phrases[0].replace(/^the /, ''));
}

/** @param {import('../shared/types.js').Reason} reason */
function makeReason({ features, before, effect, control }) {
  return make(
    'tr',
    {},
    make('th', { scope: 'row' }, named(features)),
    make('td', { class: 'number' }, without(before, effect)),
    make('td', { class: 'number' }, without(before, control)),
  );
}

/**
 * @param {HTMLElement} root
 * @param {import('../shared/types.js').Fidelity | null} fidelity
 */
function showFidelity(root, fidelity) {
  root.hidden = !fidelity;
  if (!fidelity) return;
  find(root, '.words', HTMLElement).replaceChildren(...judgeFidelity(fidelity).map((text) => make('p', {}, text)));
  find(root, 'tbody', HTMLElement).replaceChildren(
    ...comparedMaps(fidelity).map(({ name, areas, own }) =>
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
  const fill = make('span', { class: 'fill' });
  fill.style.width = `${share * 100}%`;
  const bar = make('span', { class: 'bar', 'aria-hidden': 'true' }, fill);
  return make('td', {}, make('span', { class: 'meter' }, bar, make('span', { class: 'number' }, percent(share))));
}
