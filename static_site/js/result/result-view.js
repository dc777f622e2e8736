/** The result: composes the name, the picture, the lists and the disclosures. */

import { createCompareView } from '../compare/compare-view.js';
import { find } from '../shared/dom.js';
import { texts } from '../shared/texts.js';
import { showCandidates } from './candidates.js';
import { showChecks } from './checks.js';
import { createFaceChoice } from './face-choice.js';
import { rankFeatures } from './feature-effects.js';
import { createFeatureList } from './feature-list.js';
import { showFeatureSummary } from './feature-summary.js';
import { createMapSwitch } from './map-switch.js';
import { createPicture } from './picture.js';
import { showFiles, showProvenance } from './provenance.js';
import { createSentences } from './sentences.js';
import { showIdentity } from './verdict.js';

/** @typedef {import('../shared/types.js').Photo} Photo */
/** @typedef {import('../shared/types.js').Result} Result */

/** Presigned links are renewed when they are older than this. */
const LINK_AGE_MS = 60_000;

/**
 * @param {HTMLElement} root
 * @param {object} events
 * @param {(face: number) => void} events.onFace another face of the same photo is to be shown
 * @param {(faces: number[]) => void} events.onAllFaces all of them are to be explained
 * @param {() => void} events.onResume the interrupted wait for the checks is to go on
 * @param {(id: string) => Promise<Result | null>} events.refresh the result with fresh links, null when it is gone
 * @param {(text: string) => void} events.announce
 */
export function createResultView(root, { onFace, onAllFaces, onResume, refresh, announce }) {
  const files = find(root, '#files', HTMLDetailsElement);
  const picture = createPicture(find(root, '.picture', HTMLElement), { onImageLost: renewLinks, onPoint: highlight });
  const maps = createMapSwitch(root, picture, announce);
  const features = createFeatureList(find(root, '#features', HTMLElement), {
    onHighlight: highlight,
    onKeep: picture.reveal,
  });
  const sentences = createSentences(find(root, '#sentences', HTMLElement), { onHighlight: highlight });
  const faces = createFaceChoice(find(root, '#faces', HTMLElement), { onChoose: onFace, onAll: onAllFaces });
  const compare = createCompareView(find(root, '#compare', HTMLElement), { onImageLost: renewLinks });
  /** @type {Result | null} */
  let shown = null;
  let chosen = -1;
  let linkedAt = 0;

  /** @param {string[]} names of features */
  function highlight(names) {
    sentences.highlight(names);
    features.highlight(names);
    picture.highlight(names);
  }

  /** Links to the files are valid for minutes only; an open page may be older. */
  async function renewLinks() {
    if (!shown || Date.now() - linkedAt < LINK_AGE_MS) return;
    linkedAt = Date.now();
    const fresh = await refresh(shown.id);
    if (fresh && fresh.id === shown?.id) setFiles(fresh);
  }

  /** @param {Result} result */
  function setFiles(result) {
    linkedAt = Date.now();
    showFiles(find(files, 'ul', HTMLElement), result);
    setImages(result);
  }

  /** @param {Result} result */
  function setImages({ artifacts: { cropped } }) {
    if (!cropped) return;
    picture.setImage(cropped);
    compare.setImage(cropped);
  }

  /** @param {number} label of a candidate */
  function choose(label) {
    const candidate = shown?.candidates.find((other) => other.label === label);
    if (!candidate) return;
    chosen = label;
    const own = label === shown?.identity?.label;
    maps.choose(candidate, own);
    find(root, '#features-of', HTMLElement).hidden = own;
  }

  /** @param {number} label */
  function change(label) {
    choose(label);
    picture.reveal();
    announce(texts.picture.announced(find(root, '#whose', HTMLElement).textContent ?? ''));
  }

  /**
   * What the name stands on, or is about to.
   *
   * @param {Result} result
   * @param {boolean} update
   */
  function showFeatures(result, update) {
    const ranked = rankFeatures(result.features, result.explanation?.reasons ?? []);
    picture.setInput(result.face?.input ?? null);
    picture.setFeatures(ranked);
    showFeatureSummary(root, result);
    features.show(ranked, result.identity?.probability ?? 0, { update, pending: result.status === 'named' });
  }

  find(root, '#resume', HTMLButtonElement).addEventListener('click', onResume);
  files.addEventListener('toggle', () => files.open && renewLinks());

  return {
    /**
     * Show a result, or what is new in it: everything that was shown already stays where it is.
     *
     * @param {Result} result status named or done
     * @param {Photo | null} photo when it is still on this device
     */
    show(result, photo) {
      const update = shown?.id === result.id;
      shown = result;
      root.classList.toggle('pending', result.status === 'named');
      showIdentity(root, result);
      sentences.show(result.status === 'named' ? null : result.explanation);
      showWhy(root, result);
      showFeatures(result, update);
      showFiles(find(files, 'ul', HTMLElement), result);
      if (!update) {
        linkedAt = Date.now();
        setImages(result);
        picture.setPhoto(wholePhoto(result, photo));
        showCandidates(find(root, '#candidates', HTMLElement), result.candidates, change);
        find(root, '#checking', HTMLDetailsElement).open = false;
        chosen = result.candidates[0]?.label ?? -1;
      }
      maps.setKinds(result, update);
      choose(chosen);
      faces.show(result, photo);
      compare.show(result, update);
      showProvenance(find(root, '#making', HTMLElement), result);
    },
    setFaces: faces.setFaces,
    /** @returns {Promise<Blob | null>} a picture of the face with the map that is shown, and its caption, as PNG */
    async sharePicture() {
      if (!shown) return null;
      const title = `${find(root, '#map-title', HTMLElement).textContent} ${find(root, '#whose', HTMLElement).textContent}`;
      const { drawSharePicture } = await import('./share-picture.js');
      return drawSharePicture(shown, { ...(await picture.snapshot()), title });
    },
    /** The checks were interrupted. @param {import('../shared/errors.js').PageError} error */
    interrupt({ title, hint }) {
      find(root, '#pending-text', HTMLElement).textContent = `${title}. ${hint}`;
      find(root, '#resume', HTMLElement).hidden = false;
    },
    /** Forget the result, so that showing it again starts afresh. */
    clear() {
      shown = null;
    },
  };
}

/**
 * @param {Result} result
 * @param {Photo | null} photo
 * @returns {import('./picture.js').WholePhoto | null} null where the crop cannot be placed on it
 */
function wholePhoto({ face, source: { width, height } }, photo) {
  return photo && face?.transform && width && height ? { url: photo.url, width, height, transform: face.transform } : null;
}

/**
 * @param {HTMLElement} root
 * @param {Result} result
 */
function showWhy(root, { explanation, error, status }) {
  const pending = status === 'named';
  find(root, '#pending', HTMLElement).hidden = !pending;
  find(root, '#pending-text', HTMLElement).textContent = texts.why.pending;
  find(root, '#resume', HTMLElement).hidden = true;
  showChecks(find(root, '#checking', HTMLDetailsElement), pending ? null : explanation);
  const note = find(root, '#no-features', HTMLElement);
  note.hidden = !error;
  if (!error) return;
  find(note, '.hint', HTMLElement).textContent = error.hint;
  find(note, '.technical', HTMLElement).textContent = texts.why.technical(error.code, error.reason, error.message);
}
