/** The face with the map and the feature boxes over it. */

import { find, make } from '../shared/dom.js';
import { percent, readable } from '../shared/format.js';
import { drawMap } from '../shared/heatmap.js';
import { placeLabels } from './label-placement.js';

/** @typedef {import('../shared/types.js').Feature} Feature */

/**
 * @param {HTMLElement} root the figure of index.html
 * @param {{onImageLost: () => void, onPoint: (index: number | null) => void}} events
 *   onPoint: a feature's box is pointed at, or none any more
 */
export function createPicture(root, { onImageLost, onPoint }) {
  const stage = find(root, '.stage', HTMLElement);
  const image = find(root, 'img', HTMLImageElement);
  const layer = find(root, 'canvas', HTMLCanvasElement);
  const boxes = find(root, '.boxes', HTMLElement);
  const strength = find(root, '#strength', HTMLInputElement);
  const strengthText = find(root, '#strength-text', HTMLOutputElement);
  const switchBoxes = find(root, '#show-features', HTMLInputElement);

  /** @type {{box: HTMLElement, label: HTMLElement, feature: Feature}[]} */
  let drawn = [];
  /** @type {number | null} */
  let lit = null;

  const setStrength = () => {
    layer.style.opacity = String(strength.valueAsNumber / 100);
    strengthText.value = `${strength.value} %`;
    strength.setAttribute('aria-valuetext', `${strength.value} percent`);
  };
  const setBoxes = () => {
    boxes.hidden = !switchBoxes.checked;
    layOut();
  };

  /** Boxes are placed in percent, so they scale with the picture; labels keep their size and are laid out anew. */
  function layOut() {
    const side = image.naturalWidth;
    if (!side || boxes.hidden) return;
    const scale = stage.clientWidth / side;
    for (const { box, feature } of drawn) placeBox(box, feature.box, side, image.naturalHeight);
    const size = { width: stage.clientWidth, height: stage.clientHeight };
    const shown = drawn.filter(({ feature }, index) => stands(feature) || index === lit);
    shown.sort((one, other) => Number(drawn.indexOf(other) === lit) - Number(drawn.indexOf(one) === lit));
    for (const { label } of drawn) label.hidden = !shown.some((one) => one.label === label);
    const wanted = shown.map(({ feature, label }) => ({ box: scaled(feature.box, scale), label: sizeOf(label) }));
    placeLabels(wanted, size).forEach((place, index) => moveLabel(shown[index].label, place));
  }

  image.addEventListener('load', layOut);
  image.addEventListener('error', onImageLost);
  strength.addEventListener('input', setStrength);
  switchBoxes.addEventListener('change', setBoxes);
  new ResizeObserver(layOut).observe(stage);
  setStrength();

  return {
    /** @param {string} url */
    setImage(url) {
      if (image.src !== url) image.src = url;
    },
    /**
     * @param {import('../shared/types.js').HeatMap} map
     * @param {string} description what it shows, for those who do not see it
     * @param {boolean} scored whether the features' scores were measured on this map
     */
    setMap(map, description, scored) {
      drawMap(layer, map);
      boxes.classList.toggle('unscored', !scored);
      layOut();
      layer.setAttribute('aria-label', description);
    },
    /** Scroll to the picture when most of it is out of sight. */
    reveal() {
      const { top, bottom, height } = stage.getBoundingClientRect();
      const seen = Math.min(bottom, innerHeight) - Math.max(top, 0);
      if (seen > height / 2) return;
      const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
      stage.scrollIntoView({ behavior: calm ? 'auto' : 'smooth', block: 'start' });
    },
    /** @param {Feature[]} features best first */
    setFeatures(features) {
      lit = null;
      drawn = features.map((feature, index) => makeBox(feature, index, onPoint));
      boxes.replaceChildren(...drawn.flatMap(({ box, label }) => [box, label]));
      setBoxes();
    },
    /** @param {number | null} index of the feature to bring out */
    light(index) {
      lit = index;
      if (index !== null && !switchBoxes.checked) {
        switchBoxes.checked = true;
        setBoxes();
      }
      drawn.forEach(({ box, label }, at) => {
        box.classList.toggle('lit', at === index);
        label.classList.toggle('lit', at === index);
      });
      layOut();
    },
  };
}

/** @param {Feature} feature @returns {boolean} whether it is worth a label: bright, or a reason */
function stands({ significant, reason }) {
  return significant || reason === true;
}

/**
 * @param {Feature} feature
 * @param {number} index
 * @param {(index: number | null) => void} onPoint
 */
function makeBox(feature, index, onPoint) {
  const kinds = ['box', feature.significant && 'significant', feature.reason && 'reason'];
  const box = make('div', { class: kinds.filter(Boolean).join(' ') });
  const score = make('span', { class: 'score' }, ` ${percent(feature.score)}`);
  const label = make('span', { class: 'box-label' }, readable(feature.name), score);
  box.addEventListener('pointerenter', () => onPoint(index));
  box.addEventListener('pointerleave', () => onPoint(null));
  return { box, label, feature };
}

/**
 * @param {HTMLElement} element
 * @param {import('../shared/types.js').Box} box
 * @param {number} width
 * @param {number} height of the crop
 */
function placeBox(element, box, width, height) {
  const part = (/** @type {number} */ value, /** @type {number} */ whole) => `${(value / whole) * 100}%`;
  element.style.left = part(box.x, width);
  element.style.top = part(box.y, height);
  element.style.width = part(box.width, width);
  element.style.height = part(box.height, height);
}

/**
 * @param {import('../shared/types.js').Box} box
 * @param {number} scale
 */
function scaled(box, scale) {
  return { x: box.x * scale, y: box.y * scale, width: box.width * scale, height: box.height * scale };
}

/** @param {HTMLElement} label */
function sizeOf(label) {
  return { width: label.offsetWidth, height: label.offsetHeight };
}

/**
 * @param {HTMLElement} label
 * @param {{x: number, y: number} | null} place
 */
function moveLabel(label, place) {
  label.hidden = place === null;
  if (place) label.style.transform = `translate(${place.x}px, ${place.y}px)`;
}
