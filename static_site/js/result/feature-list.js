/** The parts of the face: how bright the map is on each, and what happened when it was blurred away. */

import { make } from '../shared/dom.js';
import { describeEffect } from './feature-effects.js';
import { percent, readable } from '../shared/format.js';

/** @typedef {import('./feature-effects.js').RankedFeature} Feature */

/**
 * @param {HTMLElement} list
 * @param {Feature[]} features in the order to show
 * @param {number} match probability of the named person
 * @param {object} events
 * @param {(index: number | null) => void} events.onLight a feature is to be brought out on the photo, or none any more
 * @param {() => void} events.onKeep the photo with the feature brought out should come into view
 */
export function showFeatures(list, features, match, { onLight, onKeep }) {
  /** @type {number | null} */
  let kept = null;
  const rows = features.map((feature, index) => {
    const row = makeRow(feature, match);
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

/**
 * @param {Feature} feature
 * @param {number} match
 */
function makeRow(feature, match) {
  const fill = make('span', { class: 'fill' });
  fill.style.width = `${feature.score * 100}%`;
  const kinds = ['feature', feature.significant && 'significant', feature.reason && 'reason'].filter(Boolean).join(' ');
  const row = make(
    'button',
    { type: 'button', class: kinds, 'aria-pressed': 'false' },
    make('span', { class: 'name' }, readable(feature.name)),
    make('span', { class: 'bar', 'aria-hidden': 'true' }, fill),
    make('span', { class: 'number' }, make('span', { class: 'covert' }, ' Grad-CAM '), percent(feature.score)),
  );
  const { verdict, finding } = describeEffect(match, feature);
  if (!finding) row.append(make('span', { class: 'covert' }, feature.significant ? ', stands out' : ''));
  else row.append(makeEffect(verdict, finding));
  return row;
}

/**
 * @param {string} verdict may be empty
 * @param {string} finding
 */
function makeEffect(verdict, finding) {
  const effect = make('span', { class: 'effect' }, make('span', { class: 'covert' }, '. '));
  if (verdict) effect.append(make('strong', {}, `${verdict}.`), ' ');
  effect.append(`${finding}.`);
  return effect;
}
