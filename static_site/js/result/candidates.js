/** The five closest matches: bars that are radio buttons, so that the browser handles the arrow keys. */

import { make, makeBar } from '../shared/dom.js';
import { percent } from '../shared/format.js';

/** @typedef {import('../shared/types.js').Candidate} Candidate */

/**
 * @param {HTMLElement} list
 * @param {Candidate[]} candidates best match first
 * @param {(label: number) => void} onChoose
 */
export function showCandidates(list, candidates, onChoose) {
  list.replaceChildren(
    ...candidates.map(({ label, name, probability }, index) => {
      const input = make('input', { type: 'radio', name: 'candidate', value: label, checked: index === 0 });
      input.addEventListener('change', () => onChoose(label));
      return make(
        'label',
        { class: 'candidate' },
        input,
        make('span', { class: 'name' }, name),
        make('span', { class: 'number' }, percent(probability)),
        makeBar(probability),
      );
    }),
  );
}
