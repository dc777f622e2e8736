/** The result view: composes the name, the picture, the lists and the fold-outs. */

import { showCandidates } from './candidates.js';
import { showChecks } from './checks.js';
import { createCompareView } from '../compare/compare-view.js';
import { showFiles, showProvenance } from './provenance.js';
import { find, make } from '../shared/dom.js';
import { rankFeatures } from './feature-effects.js';
import { showOtherFaces } from './other-faces.js';
import { showFeatures } from './feature-list.js';
import { keepTogether } from '../shared/format.js';
import { createMapSwitch } from './map-switch.js';
import { showFeatureSummary } from './feature-summary.js';
import { createPicture } from './picture.js';
import { showIdentity } from './verdict.js';

/** @typedef {import('../shared/types.js').Result} Result */

const FRESH = 60_000;

/**
 * @param {HTMLElement} root
 * @param {object} events
 * @param {(face: number) => void} events.onFace another face of the same photo is to be explained
 * @param {(id: string) => Promise<Result | null>} events.refresh the result with fresh links, null when gone
 * @param {(text: string) => void} events.say
 */
export function createResultView(root, { onFace, refresh, say }) {
  const files = find(root, '#files', HTMLDetailsElement);
  const features = find(root, '#features', HTMLElement);
  const picture = createPicture(find(root, '.picture', HTMLElement), { onImageLost: renew, onPoint: pointAt });
  const maps = createMapSwitch(root, picture, say);
  const compare = createCompareView(find(root, '#compare', HTMLElement), { onImageLost: renew });
  /** @type {Result | null} */
  let shown = null;
  let linkedAt = 0;

  /** @param {number | null} index */
  function pointAt(index) {
    features.querySelectorAll('.feature').forEach((row, at) => row.classList.toggle('lit', at === index));
    picture.light(index);
  }

  /** Links to the files live for minutes only; an open page may be older than that. */
  async function renew() {
    if (!shown || Date.now() - linkedAt < FRESH) return;
    linkedAt = Date.now();
    const fresh = await refresh(shown.id);
    if (fresh && fresh.id === shown?.id) setFiles(fresh);
  }

  /** @param {Result} result */
  function setFiles(result) {
    linkedAt = Date.now();
    showFiles(find(files, 'ul', HTMLElement), result);
    if (!result.artifacts.cropped) return;
    picture.setImage(result.artifacts.cropped);
    compare.setImage(result.artifacts.cropped);
  }

  /** @param {import('../shared/types.js').Candidate} candidate */
  function choose(candidate) {
    const own = candidate.label === shown?.identity?.label;
    maps.choose(candidate, own);
    find(root, '#features-of', HTMLElement).hidden = own;
  }

  /** @param {import('../shared/types.js').Candidate} candidate */
  function change(candidate) {
    choose(candidate);
    picture.reveal();
    say(`Map of ${candidate.name}`);
  }

  files.addEventListener('toggle', () => files.open && renew());

  return {
    /**
     * @param {Result} result status done
     * @param {import('../shared/types.js').Photo | null} photo when it is still on this device
     */
    show(result, photo) {
      shown = result;
      showIdentity(root, result);
      showWhy(root, result);
      const sorted = rankFeatures(result.features, result.explanation?.reasons ?? []);
      picture.setFeatures(sorted);
      setFiles(result);
      showCandidates(find(root, '#candidates', HTMLElement), result.candidates, change);
      maps.reset(result.candidates);
      if (result.candidates.length) choose(result.candidates[0]);
      showFeatureSummary(root, result);
      const match = result.identity?.probability ?? 0;
      showFeatures(features, sorted, match, { onLight: pointAt, onKeep: picture.reveal });
      showOtherFaces(find(root, '#faces', HTMLElement), result, photo, onFace);
      compare.show(result);
      showProvenance(find(root, '#making', HTMLElement), result);
    },
  };
}

/**
 * @param {HTMLElement} root
 * @param {Result} result
 */
function showWhy(root, { explanation, error }) {
  const sentences = explanation?.sentences ?? [];
  const said = find(root, '#sentences', HTMLElement);
  said.lang = explanation?.language ?? 'en';
  said.replaceChildren(...sentences.map((text) => make('p', {}, keepTogether(text))));
  showChecks(find(root, '#checking', HTMLDetailsElement), explanation);
  const note = find(root, '#no-features', HTMLElement);
  note.hidden = !error;
  if (!error) return;
  find(note, '.hint', HTMLElement).textContent = error.hint;
  find(note, '.technical', HTMLElement).textContent = `Error ${error.code} · ${error.reason} · ${error.message}`;
}
