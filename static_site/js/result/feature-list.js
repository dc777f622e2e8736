/** The parts of the face: how bright the map is on each, and the effect of blurring it. */

import { make, makeBar } from '../shared/dom.js';
import { percent } from '../shared/format.js';
import { featureName, texts } from '../shared/texts.js';
import { describeEffect } from './feature-effects.js';

/** @typedef {import('./feature-effects.js').RankedFeature} RankedFeature */

/**
 * @param {HTMLElement} list
 * @param {object} events
 * @param {(names: string[]) => void} events.onHighlight features are to be highlighted, or none any more
 * @param {() => void} events.onKeep a feature was chosen: the photo should come into view
 */
export function createFeatureList(list, { onHighlight, onKeep }) {
  /** @type {Map<string, HTMLButtonElement>} rows by the feature's name */
  const rows = new Map();
  /** @type {string | null} the feature that stays highlighted */
  let kept = null;

  const highlightKept = () => onHighlight(kept ? [kept] : []);

  /** @param {string} name */
  function makeRow(name) {
    const row = make('button', { type: 'button', class: 'feature', 'aria-pressed': 'false' });
    row.addEventListener('click', () => {
      kept = kept === name ? null : name;
      for (const [other, element] of rows) element.setAttribute('aria-pressed', String(other === kept));
      highlightKept();
      if (kept) onKeep();
    });
    row.addEventListener('pointerenter', (event) => event.pointerType === 'mouse' && onHighlight([name]));
    row.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && highlightKept());
    row.addEventListener('focus', () => row.matches(':focus-visible') && onHighlight([name]));
    row.addEventListener('blur', highlightKept);
    return row;
  }

  return {
    /**
     * @param {RankedFeature[]} features in the order to show
     * @param {number} match probability of the named person
     * @param {{update: boolean, pending: boolean}} state update: the rows of the same result stay where they are;
     *   pending: effects are still being measured
     */
    show(features, match, { update, pending }) {
      const same = update && features.length === rows.size && features.every(({ name }) => rows.has(name));
      if (!same) {
        rows.clear();
        kept = null;
        for (const { name } of features) rows.set(name, makeRow(name));
        list.replaceChildren(...[...rows.values()].map((row) => make('li', {}, row)));
      }
      for (const feature of features) fill(/** @type {HTMLElement} */ (rows.get(feature.name)), feature, match, pending);
    },
    /** @param {string[]} names */
    highlight(names) {
      for (const [name, row] of rows) row.classList.toggle('highlighted', names.includes(name));
    },
  };
}

/**
 * @param {HTMLElement} row
 * @param {RankedFeature} feature
 * @param {number} match
 * @param {boolean} pending
 */
function fill(row, feature, match, pending) {
  row.classList.toggle('significant', feature.significant);
  row.classList.toggle('reason', feature.reason);
  const method = make('span', { class: 'visually-hidden' }, ` ${texts.features.score} `);
  row.replaceChildren(
    make('span', { class: 'name' }, featureName(feature.name)),
    makeBar(feature.score),
    make('span', { class: 'number' }, method, percent(feature.score)),
  );
  const { verdict, finding } = describeEffect(match, feature);
  if (finding) row.append(makeEffect(verdict, finding));
  else if (pending) row.append(make('span', { class: 'effect' }, texts.features.pending));
  else row.append(make('span', { class: 'visually-hidden' }, feature.significant ? texts.features.bright : ''));
}

/**
 * @param {string} verdict may be empty
 * @param {string} finding
 */
function makeEffect(verdict, finding) {
  const effect = make('span', { class: 'effect' }, make('span', { class: 'visually-hidden' }, '. '));
  if (verdict) effect.append(make('strong', {}, `${verdict}.`), ' ');
  effect.append(`${finding}.`);
  return effect;
}
