/** Two photos side by side: whether they show one person, and why. */

import { fillWhenOpened } from '../result/fill-when-opened.js';
import { createSentences } from '../result/sentences.js';
import { describeResult } from '../result/verdict.js';
import { find, write } from '../shared/dom.js';
import { decimal, percent, probabilityText } from '../shared/format.js';
import { texts } from '../shared/texts.js';
import { comparisonWording } from '../shared/wording.js';
import { createComparedPhoto } from './compared-photo.js';

/** @typedef {import('../shared/types.js').Comparison} Comparison */
/** @typedef {import('../shared/types.js').Result} Result */

/** Verdicts that rest on what speaks against one person. */
const DIFFERENT = ['different', 'probably_different'];

/**
 * @param {HTMLElement} root the section of index.html
 * @param {{onImageLost: () => void, onLost: () => void}} events onLost: a part of the page could not be loaded
 * @returns {import('../shared/types.js').ResultView}
 */
export function createComparisonView(root, { onImageLost, onLost }) {
  const photos = [...root.querySelectorAll('figure')].map((figure) =>
    createComparedPhoto(figure, { onImageLost, onPoint: highlight }),
  );
  const sentences = createSentences(find(root, '.sentences', HTMLElement), { onHighlight: highlight });
  const kinds = find(root, '.segments', HTMLFieldSetElement);
  const opacity = find(root, '.slider input', HTMLInputElement);
  const checked = find(root, '.checked', HTMLDetailsElement);
  /** What is below the two faces. */
  const rest = ['.couple .tools', '.between', '.checked', '.other-result'].map((part) => find(root, part, HTMLElement));
  /** @type {Result | null} */
  let shown = null;

  /** @param {string[]} names of features */
  function highlight(names) {
    sentences.highlight(names);
    for (const photo of photos) photo.highlight(names);
  }

  const share = () => opacity.valueAsNumber / 100;

  function setOpacity() {
    for (const photo of photos) photo.setOpacity(share());
    find(root, 'output', HTMLOutputElement).value = percent(share());
    opacity.setAttribute('aria-valuetext', texts.picture.opacityValue(opacity.valueAsNumber));
  }

  /** @returns {'against' | 'evidence'} */
  const chosen = () => (find(kinds, '[value=against]', HTMLInputElement).checked ? 'against' : 'evidence');

  function drawMaps() {
    const comparison = shown?.comparison;
    if (!comparison) return;
    const kind = chosen();
    const filled = photos.map((photo, index) =>
      photo.show(comparison.photos[index], kind, texts.comparison.maps[kind](texts.comparison.photos[index])),
    );
    find(root, '.notice', HTMLElement).hidden = filled.some(Boolean);
    setOpacity();
  }

  /** @param {Result} result @param {boolean} same whether it is the result that is shown */
  function setImages({ artifacts }, same) {
    photos[0].setImage(artifacts.cropped, same);
    photos[1].setImage(artifacts.other_cropped, same);
  }

  const fillChecked = fillWhenOpened(checked, async () => {
    const { makeRows } = await import('./effects-table.js');
    if (shown?.comparison) find(checked, 'tbody', HTMLElement).replaceChildren(...makeRows(shown.comparison));
  }, onLost);
  kinds.addEventListener('change', drawMaps);
  opacity.addEventListener('input', setOpacity);

  return {
    show(result, _, update) {
      const comparison = /** @type {Comparison} */ (result.comparison);
      shown = result;
      showVerdict(root, result, comparison);
      if (!update) {
        for (const part of rest) part.hidden = true;
        const kind = DIFFERENT.includes(comparison.verdict) ? 'against' : 'evidence';
        find(kinds, `[value=${kind}]`, HTMLInputElement).checked = true;
        setImages(result, false);
      }
      drawMaps();
      return [
        () => {
          sentences.show(comparisonWording(comparison), comparison.mentions);
          find(root, '.other-result', HTMLAnchorElement).href = `#${comparison.with_id}`;
          fillChecked();
          for (const part of rest) part.hidden = false;
        },
      ];
    },
    setImages: (result) => setImages(result, true),
    // A comparison is shown when it is finished.
    interrupt() {},
    async sharePicture() {
      const result = /** @type {Result} */ (shown);
      const { title, certainty } = describeResult(result);
      const wording = comparisonWording(/** @type {Comparison} */ (result.comparison));
      const { alike, against, eyebrow } = texts.comparison;
      const notes = [chosen() === 'against' ? against : alike, eyebrow];
      const faces = await Promise.all(photos.map((photo) => photo.snapshot(share())));
      return { result, faces, notes, title, strong: certainty, sentences: wording.sentences };
    },
  };
}

/**
 * @param {HTMLElement} root
 * @param {Result} result
 * @param {Comparison} comparison
 */
function showVerdict(root, result, { similarity, probability }) {
  write(find(root, 'h1', HTMLElement), describeResult(result).title);
  write(find(root, '.sure .number', HTMLElement), probabilityText(probability));
  write(find(root, '.similarity', HTMLElement), texts.comparison.similarity(decimal(similarity, 2)));
}
