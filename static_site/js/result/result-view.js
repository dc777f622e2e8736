/** The explanation of one photo: composes the name, the picture, the sentences and the lists. */

import { createContrastView } from '../contrast/contrast-view.js';
import { find } from '../shared/dom.js';
import { texts } from '../shared/texts.js';
import { wordingOf } from '../shared/wording.js';
import { showCandidates } from './candidates.js';
import { rankFeatures } from './feature-effects.js';
import { createFeatureList } from './feature-list.js';
import { showFeatureSummary } from './feature-summary.js';
import { fillWhenOpened } from './fill-when-opened.js';
import { createMapSwitch } from './map-switch.js';
import { createPicture } from './picture.js';
import { createSentences } from './sentences.js';
import { describeIdentity, showIdentity } from './verdict.js';

/** @typedef {import('../shared/types.js').Photo} Photo */
/** @typedef {import('../shared/types.js').Result} Result */

/**
 * @param {HTMLElement} root
 * @param {object} events
 * @param {() => void} events.onResume the interrupted wait for the checks is to go on
 * @param {() => void} events.onImageLost the link to the face does not work any more
 * @param {() => void} events.onLost a part of the page could not be loaded
 * @param {(text: string) => void} events.announce
 * @returns {import('../shared/types.js').ResultView}
 */
export function createResultView(root, { onResume, onImageLost, onLost, announce }) {
  /** What is below the picture, from the top down. */
  const parts = {
    alike: find(root, '.alike', HTMLElement),
    why: find(root, '.why', HTMLElement),
    features: find(root, '.parts', HTMLElement),
    contrast: find(root, '#contrast', HTMLElement),
  };
  const picture = createPicture(find(root, '.picture', HTMLElement), { onImageLost, onPoint: highlight });
  const maps = createMapSwitch(root, picture, announce);
  const features = createFeatureList(find(root, '#features', HTMLElement), {
    onHighlight: highlight,
    onKeep: picture.reveal,
  });
  const sentences = createSentences(find(root, '#sentences', HTMLElement), { onHighlight: highlight });
  const contrast = createContrastView(parts.contrast, { onImageLost });
  /** @type {Result | null} */
  let shown = null;
  let chosen = -1;

  /** @param {string[]} names of features */
  function highlight(names) {
    sentences.highlight(names);
    features.highlight(names);
    picture.highlight(names);
  }

  /** @param {Result} result @param {boolean} same whether it is the result that is shown */
  function setImages({ artifacts: { cropped } }, same) {
    if (!cropped) return;
    picture.setImage(cropped, same);
    contrast.setImage(cropped, same);
  }

  /**
   * The head of the page: whose face it is, and the map over it.
   *
   * @param {Result} result
   * @param {Photo | null} photo
   * @param {boolean} update
   */
  function showPicture(result, photo, update) {
    showIdentity(root, result);
    if (!update) highlight([]);
    picture.setInput(result.face?.input ?? null);
    picture.setFeatures(rankOf(result));
    if (!update) {
      if (result.artifacts.cropped) picture.setImage(result.artifacts.cropped, false);
      picture.setPhoto(wholePhoto(result, photo));
      chosen = result.candidates[0]?.label ?? -1;
    }
    maps.setKinds(result, update);
    choose(chosen);
  }

  /** @param {Result} result */
  function showReasons(result) {
    sentences.show(wordingOf(result.status === 'named' ? null : result.explanation), result.explanation?.mentions);
    showWhy(root, result);
    fillChecks();
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
    showFeatureSummary(root, result);
    const match = result.identity?.probability ?? 0;
    features.show(rankOf(result), match, { update, pending: result.status === 'named' });
  }

  const checking = find(root, '#checking', HTMLDetailsElement);
  const fillChecks = fillWhenOpened(checking, async () => {
    const { showChecks } = await import('./checks.js');
    if (shown?.explanation) showChecks(checking, shown.explanation);
  }, onLost);
  find(root, '#resume', HTMLButtonElement).addEventListener('click', onResume);

  return {
    show(result, photo, update) {
      shown = result;
      showPicture(result, photo, update);
      if (!update) {
        for (const part of Object.values(parts)) part.hidden = true;
        checking.open = false;
      }
      return [
        () => {
          if (!update) showCandidates(find(root, '#candidates', HTMLElement), result.candidates, change);
          parts.alike.hidden = false;
        },
        () => {
          showReasons(result);
          parts.why.hidden = false;
        },
        () => {
          showFeatures(result, update);
          parts.features.hidden = false;
        },
        () => {
          if (!update) setImages(result, false);
          contrast.show(result, update);
        },
      ];
    },
    setImages: (result) => setImages(result, true),
    async sharePicture() {
      const title = `${find(root, '#map-title', HTMLElement).textContent} ${find(root, '#whose', HTMLElement).textContent}`;
      const result = /** @type {Result} */ (shown);
      return explanationPicture(result, await picture.snapshot(), title);
    },
    interrupt({ title, hint }) {
      find(root, '#pending-text', HTMLElement).textContent = `${title}. ${hint}`;
      find(root, '#resume', HTMLElement).hidden = false;
    },
  };
}

/** @param {Result} result */
function rankOf({ features, explanation }) {
  return rankFeatures(features, explanation?.reasons ?? []);
}

/**
 * @param {Result} result
 * @param {import('../shared/types.js').DrawnFace} face
 * @param {string} mapTitle such as `Evidence for Ada`
 * @returns {import('../shared/types.js').SharePicture}
 */
function explanationPicture(result, face, mapTitle) {
  const { before, title, certainty, share } = describeIdentity(result);
  const strong = [certainty, share].filter(Boolean).join(' · ');
  return { result, faces: [face], notes: [mapTitle, before], title, strong, sentences: wordingOf(result.explanation).sentences };
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
  find(root, '#checking', HTMLElement).hidden = pending || (explanation?.check ?? 'off') === 'off';
  const note = find(root, '#no-features', HTMLElement);
  note.hidden = !error;
  if (!error) return;
  find(note, '.hint', HTMLElement).textContent = texts.why.hints[error.reason] ?? error.hint;
  find(note, '.technical', HTMLElement).textContent = texts.why.technical(error.code, error.reason, error.message);
}
