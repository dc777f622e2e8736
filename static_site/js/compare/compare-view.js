/** Why A and not B: two of the candidates side by side on one face. */

import { find, make } from '../shared/dom.js';
import { keepTogether, readable } from '../shared/format.js';
import { drawSigned } from './signed-map.js';
import { logitDifferenceMap, largestLead, contrastSentence, featureLeads } from './compare-candidates.js';

/** @typedef {import('../shared/types.js').Candidate} Candidate */
/** @typedef {import('../shared/types.js').Result} Result */

/**
 * @param {HTMLElement} root
 * @param {{onImageLost: () => void}} events
 */
export function createCompareView(root, { onImageLost }) {
  const image = find(root, 'img', HTMLImageElement);
  const layer = find(root, 'canvas', HTMLCanvasElement);
  const selects = [find(root, '#one', HTMLSelectElement), find(root, '#other', HTMLSelectElement)];
  const sentence = find(root, '.sentence', HTMLElement);
  const parts = find(root, '.balance', HTMLElement);
  /** @type {Result | null} */
  let shown = null;
  /** @type {Candidate[]} */
  let people = [];
  /** @type {[number, number]} */
  let chosen = [0, 1];

  function draw() {
    if (!shown || root.hidden) return;
    const [one, other] = chosen.map((index) => people[index]);
    const map = logitDifferenceMap(one, other);
    drawSigned(layer, map);
    layer.setAttribute('aria-label', `Map of what speaks for ${one.name} and what for ${other.name}`);
    root.querySelectorAll('.one').forEach((place) => (place.textContent = one.name));
    root.querySelectorAll('.other').forEach((place) => (place.textContent = other.name));
    // The boxes are in pixels of the crop, whose size only the picture knows.
    if (!image.naturalWidth) return;
    const weighed = featureLeads(shown.features, chosen, map, image.naturalWidth);
    const given = told(shown, one, other);
    sentence.lang = (given && shown.explanation?.language) || 'en';
    sentence.textContent = given ?? contrastSentence(weighed, one.name, other.name);
    const unit = largestLead(weighed) || 1;
    const sorted = weighed.toSorted((first, second) => second.lead - first.lead);
    parts.replaceChildren(...sorted.map(({ name, lead }) => makePart(name, lead / unit, one, other)));
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
  image.addEventListener('load', draw);
  image.addEventListener('error', onImageLost);

  return {
    /** @param {string} url */
    setImage(url) {
      if (image.src !== url) image.src = url;
    },
    /** @param {Result} result */
    show(result) {
      shown = result;
      people = result.candidates;
      root.hidden = people.length < 2 || !people.every(({ signed }) => signed);
      const measured = result.features.some(({ falls }) => falls?.length);
      find(root, '.measured', HTMLElement).hidden = !measured;
      find(root, '.computed', HTMLElement).hidden = measured;
      chosen = [0, 1];
      selects.forEach((select, side) => {
        select.replaceChildren(...people.map(({ name }) => make('option', {}, name)));
        select.selectedIndex = chosen[side];
      });
      draw();
    },
  };
}

/**
 * @param {Result} result
 * @param {Candidate} one
 * @param {Candidate} other
 * @returns {string | undefined} the sentence that came with the result, where it is about these two
 */
function told({ explanation }, one, other) {
  const contrast = explanation?.contrast;
  const same = contrast?.label_for === one.label && contrast.label_against === other.label;
  return same ? keepTogether(contrast.sentence) : undefined;
}

/**
 * @param {string} name of the part
 * @param {number} share from -1, all for the other, to 1, all for the one
 * @param {Candidate} one
 * @param {Candidate} other
 */
function makePart(name, share, one, other) {
  const fill = make('span', { class: share > 0 ? 'fill pro' : 'fill con' });
  fill.style.width = `${Math.abs(share) * 50}%`;
  const speaks = `speaks for ${share > 0 ? one.name : other.name}`;
  return make(
    'li',
    {},
    make('span', { class: 'name' }, readable(name), make('span', { class: 'covert' }, ` ${speaks}`)),
    make('span', { class: 'beam', 'aria-hidden': 'true' }, fill),
  );
}
