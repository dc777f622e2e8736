/** Which map lies over the face: whose, and by which method. */

import { camName, GRAD_CAM } from '../shared/cam.js';
import { find } from '../shared/dom.js';
import { decodeMap, isEmpty } from '../shared/heatmap.js';
import { texts } from '../shared/texts.js';

/** @typedef {import('../shared/types.js').Candidate} Candidate */
/** @typedef {'evidence' | 'map' | 'grad_cam'} Kind a field of the candidate */

/** @type {Kind[]} the first of them that a candidate has is shown */
const KINDS = ['evidence', 'map', 'grad_cam'];

/**
 * @param {HTMLElement} root the result
 * @param {ReturnType<typeof import('./picture.js').createPicture>} picture
 * @param {(text: string) => void} announce
 */
export function createMapSwitch(root, picture, announce) {
  const kinds = find(root, '#kinds', HTMLFieldSetElement);
  const inputs = [...kinds.querySelectorAll('input')];
  const notes = { evidence: find(root, '#note-evidence', HTMLElement), map: find(root, '#note-map', HTMLElement) };
  /** @type {{candidate: Candidate, own: boolean} | null} */
  let shown = null;
  /** @type {Kind} */
  let wanted = 'evidence';
  let method = GRAD_CAM;

  /** @param {Kind} kind */
  const nameOf = (kind) => ({ evidence: texts.picture.evidence, map: method, grad_cam: GRAD_CAM })[kind];

  /** @param {Candidate} candidate @returns {Kind} */
  const available = (candidate) => (candidate[wanted] ? wanted : 'map');

  /** @param {Kind} kind */
  const noteFor = (kind) => (kind === 'evidence' ? texts.picture.noteEvidence : texts.picture.noteMap(nameOf(kind)));

  function draw() {
    if (!shown) return;
    const { candidate, own } = shown;
    const kind = available(candidate);
    const map = decodeMap(candidate[kind] ?? candidate.map);
    const title = texts.picture.mapOf(nameOf(kind));
    picture.setMap(map, `${title} ${candidate.name}`, own && kind === 'map');
    find(root, '#map-title', HTMLElement).textContent = title;
    find(root, '#whose', HTMLElement).textContent = candidate.name;
    find(root, '#empty-map', HTMLElement).hidden = !isEmpty(map);
    for (const input of inputs) {
      input.checked = input.value === kind;
      input.disabled = !candidate[/** @type {Kind} */ (input.value)];
    }
    notes.map.textContent = noteFor(kind === 'evidence' ? 'map' : kind);
    notes.evidence.classList.toggle('off', kind !== 'evidence');
    notes.map.classList.toggle('off', kind === 'evidence');
  }

  for (const input of inputs) {
    input.addEventListener('change', () => {
      wanted = KINDS.find((kind) => kind === input.value) ?? 'map';
      draw();
      announce(noteFor(wanted));
    });
  }

  return {
    /**
     * The kinds of maps that a result has.
     *
     * @param {import('../shared/types.js').Result} result
     * @param {boolean} update whether it continues the result that is shown
     */
    setKinds({ candidates, explanation, status }, update) {
      method = camName(explanation);
      const pending = status === 'named';
      const has = (/** @type {Kind} */ kind) => candidates.some((candidate) => candidate[kind]);
      const offered = KINDS.filter((kind) => has(kind) || (kind === 'evidence' && pending));
      kinds.hidden = offered.length < 2;
      for (const input of inputs) {
        const label = find(kinds, `label:has([value=${input.value}])`, HTMLElement);
        label.hidden = !offered.some((kind) => kind === input.value);
        find(label, 'span', HTMLElement).textContent = nameOf(/** @type {Kind} */ (input.value));
      }
      notes.evidence.textContent = noteFor('evidence');
      notes.evidence.hidden = !offered.includes('evidence');
      if (!update) wanted = 'evidence';
    },
    /**
     * @param {Candidate} candidate
     * @param {boolean} own whether the features' scores were measured on this candidate's maps
     */
    choose(candidate, own) {
      shown = { candidate, own };
      draw();
    },
  };
}
