/** The five closest matches: bars that are radio buttons, so that the browser handles the arrow keys. */

import { make, makeBar } from '../shared/dom.js';
import { probabilityText } from '../shared/format.js';
import { texts } from '../shared/texts.js';

/** @typedef {import('../shared/types.js').Candidate} Candidate */

/**
 * @param {HTMLElement} list
 * @param {Candidate[]} candidates best match first
 * @param {(label: number) => void} onChoose
 */
export function showCandidates(list, candidates, onChoose) {
  list.replaceChildren(
    ...candidates.map(({ label, name, probability, source }, index) => {
      const tag = source === 'own' ? [' ', make('small', { class: 'tag' }, texts.people.own)] : [];
      const input = make('input', { type: 'radio', name: 'candidate', value: label, checked: index === 0 });
      input.addEventListener('change', () => onChoose(label));
      return make(
        'label',
        { class: 'candidate' },
        input,
        make('span', {}, make('span', { class: 'name' }, name), ...tag),
        make('span', { class: 'number' }, probabilityText(probability)),
        makeBar(probability),
      );
    }),
  );
}
