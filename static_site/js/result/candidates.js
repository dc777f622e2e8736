/** The five most alike people: bars that are radio buttons, so arrow keys come with the browser. */

import { make } from '../shared/dom.js';
import { percent } from '../shared/format.js';

/**
 * @param {HTMLElement} list
 * @param {import('../shared/types.js').Candidate[]} candidates most alike first
 * @param {(candidate: import('../shared/types.js').Candidate) => void} onChoose
 */
export function showCandidates(list, candidates, onChoose) {
  list.replaceChildren(
    ...candidates.map((candidate, index) => {
      const input = make('input', { type: 'radio', name: 'candidate', value: candidate.label, checked: index === 0 });
      input.addEventListener('change', () => onChoose(candidate));
      const fill = make('span', { class: 'fill' });
      fill.style.width = `${candidate.probability * 100}%`;
      return make(
        'label',
        { class: 'candidate' },
        input,
        make('span', { class: 'name' }, candidate.name),
        make('span', { class: 'number' }, percent(candidate.probability)),
        make('span', { class: 'bar', 'aria-hidden': 'true' }, fill),
      );
    }),
  );
}
