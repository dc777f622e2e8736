/** Which map lies over the face: whose, and whether Grad-CAM or the measured evidence. */

import { find } from '../shared/dom.js';
import { decodeMap, isEmpty } from '../shared/heatmap.js';

/** @typedef {import('../shared/types.js').Candidate} Candidate */
/** @typedef {'evidence' | 'map'} Kind */

/** @type {Record<Kind, string>} */
const TITLES = { evidence: 'Evidence for', map: 'Where it looked for' };

/**
 * @param {HTMLElement} root the result
 * @param {ReturnType<typeof import('./picture.js').createPicture>} picture
 * @param {(text: string) => void} say
 */
export function createMapSwitch(root, picture, say) {
  const kinds = find(root, '#kinds', HTMLFieldSetElement);
  const inputs = [...kinds.querySelectorAll('input')];
  const notes = [...root.querySelectorAll('.kind-note')];
  /** @type {{candidate: Candidate, own: boolean} | null} */
  let shown = null;
  /** @type {Kind} */
  let wanted = 'evidence';

  function draw() {
    if (!shown) return;
    const { candidate, own } = shown;
    const kind = candidate.evidence ? wanted : 'map';
    const map = decodeMap(candidate[kind] ?? candidate.map);
    picture.setMap(map, `${TITLES[kind]} ${candidate.name}`, own && kind === 'map');
    find(root, '#map-title', HTMLElement).textContent = TITLES[kind];
    find(root, '#whose', HTMLElement).textContent = candidate.name;
    find(root, '#empty-map', HTMLElement).hidden = !isEmpty(map);
    for (const input of inputs) input.checked = input.value === kind;
    for (const note of notes) note.classList.toggle('off', note.id !== `note-${kind}`);
  }

  for (const input of inputs) {
    input.addEventListener('change', () => {
      wanted = input.value === 'map' ? 'map' : 'evidence';
      draw();
      say(find(root, `#note-${wanted}`, HTMLElement).textContent ?? '');
    });
  }

  return {
    /** A new result: is there anything to switch? @param {Candidate[]} candidates */
    reset(candidates) {
      const measured = candidates.some(({ evidence }) => evidence);
      kinds.hidden = !measured;
      find(root, '#note-evidence', HTMLElement).hidden = !measured;
      wanted = 'evidence';
    },
    /**
     * @param {Candidate} candidate
     * @param {boolean} own whether the features' scores were measured on this candidate's maps
     */
    choose(candidate, own) {
      shown = { candidate, own };
      inputs.forEach((input) => (input.disabled = input.value === 'evidence' && !candidate.evidence));
      draw();
    },
  };
}
