/** Why one name and not another: two of the candidates on one face. */

import { camName } from '../shared/cam.js';
import { find, make, placeBox, showImage } from '../shared/dom.js';
import { keepTogether } from '../shared/format.js';
import { putOffFirst } from '../shared/next-task.js';
import { featureName, texts } from '../shared/texts.js';
import { wordingOf } from '../shared/wording.js';
import { contrastOf, rankLeads } from './contrast-of.js';
import { decodeSigned, drawSigned, subtract } from './signed-map.js';

/** @typedef {import('../shared/types.js').Candidate} Candidate */
/** @typedef {import('../shared/types.js').Result} Result */

/**
 * @param {HTMLElement} root
 * @param {{onImageLost: () => void}} events
 */
export function createContrastView(root, { onImageLost }) {
  const image = find(root, 'img', HTMLImageElement);
  const canvas = find(root, 'canvas', HTMLCanvasElement);
  const selects = [find(root, '#one', HTMLSelectElement), find(root, '#other', HTMLSelectElement)];
  /** @type {Result | null} */
  let shown = null;
  let chosen = [0, 1];
  const whenReady = putOffFirst();

  function draw() {
    if (!shown || root.hidden) return;
    const [candidate, other] = chosen.map((index) => /** @type {Result} */ (shown).candidates[index]);
    whenReady(() => drawPair(canvas, candidate, other));
    for (const element of root.querySelectorAll('.one')) element.textContent = candidate.name;
    for (const element of root.querySelectorAll('.other')) element.textContent = other.name;
    writePair(root, shown, candidate, other);
  }

  /** Nobody is compared with themselves: choosing the other's name swaps the two. @param {0 | 1} side */
  function choose(side) {
    const now = selects[side].selectedIndex;
    const rest = chosen[1 - side] === now ? chosen[side] : chosen[1 - side];
    chosen = side === 0 ? [now, rest] : [rest, now];
    selects.forEach((select, index) => (select.selectedIndex = chosen[index]));
    draw();
  }

  selects[0].addEventListener('change', () => choose(0));
  selects[1].addEventListener('change', () => choose(1));
  image.addEventListener('load', () => shown && placeOnInput(canvas, image, shown));
  image.addEventListener('error', onImageLost);

  return {
    /** @param {string} url of the crop @param {boolean} same whether it is the crop that is shown */
    setImage(url, same) {
      showImage(image, url, same);
    },
    /**
     * @param {Result} result
     * @param {boolean} update whether it continues the result that is shown
     */
    show(result, update) {
      shown = result;
      const { candidates, explanation, features } = result;
      root.hidden = !explanation?.contrasts?.length || !candidates.every(({ signed }) => signed);
      const measured = features.some(({ falls }) => falls?.length);
      const words = measured ? texts.contrast.measured : texts.contrast.computed;
      find(root, '.method', HTMLElement).textContent = words(camName(explanation));
      if (!update) chosen = [0, 1];
      selects.forEach((select, side) => {
        if (!update) select.replaceChildren(...candidates.map(({ name }) => make('option', {}, name)));
        select.selectedIndex = chosen[side];
      });
      draw();
    },
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Candidate} candidate
 * @param {Candidate} other
 */
function drawPair(canvas, candidate, other) {
  if (!candidate.signed || !other.signed) return;
  drawSigned(canvas, subtract(decodeSigned(candidate.signed), decodeSigned(other.signed)));
  canvas.setAttribute('aria-label', texts.contrast.map(candidate.name, other.name));
}

/**
 * The maps cover the square that the network sees, not all of the crop.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLImageElement} image
 * @param {Result} result
 */
function placeOnInput(canvas, image, { face }) {
  const side = image.naturalWidth;
  const box = face?.input;
  if (side && box) placeBox(canvas, box, side);
}

/**
 * @param {HTMLElement} root
 * @param {Result} result
 * @param {Candidate} candidate
 * @param {Candidate} other
 */
function writePair(root, { explanation, features }, candidate, other) {
  const contrast = contrastOf(explanation, candidate.label, other.label);
  const sentence = find(root, '.sentence', HTMLElement);
  sentence.lang = wordingOf(explanation).language;
  sentence.textContent = keepTogether(contrast?.sentence ?? '');
  const leads = features.map(({ name }, index) => ({ name, lead: contrast?.leads[index] ?? 0 }));
  find(root, '.balance', HTMLElement).replaceChildren(
    ...rankLeads(leads).map(({ name, share }) => makePart(name, share, candidate, other)),
  );
}

/**
 * @param {string} name of the feature
 * @param {number} share from -1, all for the other, to 1
 * @param {Candidate} candidate
 * @param {Candidate} other
 */
function makePart(name, share, candidate, other) {
  const fill = make('span', { class: share > 0 ? 'fill pro' : 'fill con' });
  fill.style.width = `${Math.abs(share) * 50}%`;
  const speaks = texts.contrast.speaksFor((share > 0 ? candidate : other).name);
  return make(
    'li',
    {},
    make('span', { class: 'name' }, featureName(name), make('span', { class: 'visually-hidden' }, speaks)),
    make('span', { class: 'beam', 'aria-hidden': 'true' }, fill),
  );
}
