/** The parts of the face, each with how much of the map falls on it. */

import { make } from './dom.js';
import { percent, readable } from './format.js';

/** @typedef {import('./types.js').Feature} Feature */

/** @param {Feature[]} features @returns {Feature[]} brightest first */
export function sortFeatures(features) {
  return [...features].sort((one, other) => other.score - one.score);
}

/**
 * @param {HTMLElement} list
 * @param {Feature[]} features in the order to show
 * @param {(index: number | null) => void} onLight a feature is to be brought out on the photo, or none any more
 * @param {() => void} onKeep the photo with the feature brought out should come into view
 */
export function showFeatures(list, features, onLight, onKeep) {
  /** @type {number | null} */
  let kept = null;
  const rows = features.map((feature, index) => {
    const row = makeRow(feature);
    row.addEventListener('click', () => {
      kept = kept === index ? null : index;
      rows.forEach((one, at) => one.setAttribute('aria-pressed', String(at === kept)));
      onLight(kept);
      if (kept !== null) onKeep();
    });
    row.addEventListener('pointerenter', (event) => event.pointerType === 'mouse' && onLight(index));
    row.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && onLight(kept));
    return row;
  });
  list.replaceChildren(...rows.map((row) => make('li', {}, row)));
}

/** @param {Feature} feature */
function makeRow(feature) {
  const fill = make('span', { class: 'fill' });
  fill.style.width = `${feature.score * 100}%`;
  return make(
    'button',
    { type: 'button', class: feature.significant ? 'feature significant' : 'feature', 'aria-pressed': 'false' },
    make('span', { class: 'name' }, readable(feature.name)),
    make('span', { class: 'bar', 'aria-hidden': 'true' }, fill),
    make('span', { class: 'number' }, percent(feature.score)),
    make('span', { class: 'covert' }, feature.significant ? ', stands out' : ''),
  );
}
