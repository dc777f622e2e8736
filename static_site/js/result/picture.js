/** The face, or the whole photo, with the map and the feature boxes over it. */

import { find, make, placeBox, showImage, sideOf } from '../shared/dom.js';
import { percent } from '../shared/format.js';
import { boundingBox } from '../shared/geometry.js';
import { copyDrawn, drawMap } from '../shared/heatmap.js';
import { putOffFirst } from '../shared/next-task.js';
import { featureName, texts } from '../shared/texts.js';
import { placeLabels } from './label-placement.js';
import { overCrop, overPhoto, placeLayer } from './overlay.js';

/** @typedef {import('../shared/types.js').Feature} Feature */
/** @typedef {import('../shared/types.js').Affine} Affine */
/** @typedef {{url: string, width: number, height: number, transform: Affine}} WholePhoto size of the upright photo */

/**
 * @param {HTMLElement} root the figure of index.html
 * @param {{onImageLost: () => void, onPoint: (names: string[]) => void}} events
 *   onPoint: a feature's box is pointed at, or none any more
 */
export function createPicture(root, { onImageLost, onPoint }) {
  const stage = find(root, '.stage', HTMLElement);
  const crop = find(root, '.crop', HTMLImageElement);
  const photo = find(root, '.whole', HTMLImageElement);
  const overlay = find(root, '.overlay', HTMLElement);
  const canvas = find(root, 'canvas', HTMLCanvasElement);
  const boxes = find(root, '.boxes', HTMLElement);
  const labels = find(root, '.labels', HTMLElement);
  const views = find(root, '#views', HTMLElement);
  const opacity = find(root, '#strength', HTMLInputElement);
  const opacityText = find(root, '#strength-text', HTMLOutputElement);
  const showBoxes = find(root, '#show-features', HTMLInputElement);

  /** @type {{box: HTMLElement, label: HTMLElement, feature: Feature}[]} */
  let drawn = [];
  /** @type {string[]} names of the features to highlight */
  let highlighted = [];
  /** @type {import('../shared/types.js').Box | null} of the crop that the maps cover; null for all of it */
  let input = null;
  /** @type {WholePhoto | null} */
  let whole = null;

  const whenReady = putOffFirst();
  const showsPhoto = () => whole !== null && find(views, 'input[value=photo]', HTMLInputElement).checked;

  function placement() {
    const width = stage.clientWidth;
    if (whole && showsPhoto()) return overPhoto(crop.naturalWidth, whole.transform, width / whole.width);
    return overCrop(crop.naturalWidth, width);
  }

  /** The picture's size tells where everything over it lies. */
  function hideUnplaced() {
    overlay.hidden = !sideOf(crop);
  }

  /** Boxes are placed in percent and follow the layer; labels keep their size and are placed anew. */
  function layOut() {
    const side = sideOf(crop);
    hideUnplaced();
    if (!side || !stage.clientWidth) return;
    const place = placement();
    placeLayer(overlay, place);
    placeBox(canvas, input ?? { x: 0, y: 0, width: side, height: side }, side);
    canvas.classList.toggle('inset', input !== null && input.width < side);
    for (const { box, feature } of drawn) placeBox(box, feature.box, side);
    layOutLabels(place.toScreen);
  }

  /** @param {Affine} toScreen from pixels of the crop to the stage */
  function layOutLabels(toScreen) {
    const isHighlighted = (/** @type {Feature} */ { name }) => highlighted.includes(name);
    const shown = drawn.filter(({ feature }) => isHighlighted(feature) || (!showsPhoto() && isMarked(feature)));
    shown.sort((a, b) => Number(isHighlighted(b.feature)) - Number(isHighlighted(a.feature)));
    for (const { label } of drawn) label.hidden = !shown.some((other) => other.label === label);
    const wanted = shown.map(({ feature, label }) => ({ box: boundingBox(toScreen, feature.box), label: sizeOf(label) }));
    const size = { width: stage.clientWidth, height: stage.clientHeight };
    placeLabels(wanted, size).forEach((area, index) => moveLabel(shown[index].label, area));
  }

  function setView() {
    const ratio = whole && showsPhoto() ? whole.width / whole.height : 1;
    stage.style.setProperty('--ratio', String(ratio));
    crop.hidden = showsPhoto();
    photo.hidden = !crop.hidden;
  }

  function setOpacity() {
    canvas.style.opacity = String(opacity.valueAsNumber / 100);
    opacityText.value = percent(opacity.valueAsNumber / 100);
    opacity.setAttribute('aria-valuetext', texts.picture.opacityValue(opacity.valueAsNumber));
  }

  function mark() {
    for (const { box, label, feature } of drawn) {
      const on = highlighted.includes(feature.name);
      box.classList.toggle('highlighted', on);
      box.classList.toggle('spotlight', on && highlighted.length === 1);
      label.classList.toggle('highlighted', on);
    }
  }

  function setBoxes() {
    boxes.hidden = !showBoxes.checked;
    labels.hidden = boxes.hidden;
  }

  /** @param {() => void} set */
  const thenLayOut = (set) => () => {
    set();
    layOut();
  };

  crop.addEventListener('load', layOut);
  crop.addEventListener('error', onImageLost);
  opacity.addEventListener('input', setOpacity);
  showBoxes.addEventListener('change', thenLayOut(setBoxes));
  views.addEventListener('change', thenLayOut(setView));
  new ResizeObserver(layOut).observe(stage);
  listenForHold(stage, find(root, '#plain', HTMLButtonElement));
  setOpacity();

  return {
    /** @param {string} url of the crop @param {boolean} same whether it is the crop that is shown */
    setImage(url, same) {
      showImage(crop, url, same);
    },
    /** Takes its place with the next map. @param {WholePhoto | null} next null where the photo is not on this device */
    setPhoto(next) {
      whole = next;
      views.hidden = !next;
      if (next) showImage(photo, next.url);
      find(views, 'input[value=crop]', HTMLInputElement).checked = true;
      setView();
    },
    /** @param {import('../shared/types.js').Box | null} box the square of the crop that the maps cover */
    setInput(box) {
      input = box;
    },
    /**
     * @param {import('../shared/types.js').HeatMap} map
     * @param {string} description for those who cannot see it
     * @param {boolean} scored whether the features' scores were measured on this map
     */
    setMap(map, description, scored) {
      labels.classList.toggle('unscored', !scored);
      canvas.setAttribute('aria-label', description);
      whenReady(() => {
        drawMap(canvas, map);
        layOut();
      });
    },
    /** Scroll to the picture when most of it is out of sight. */
    reveal() {
      const { top, bottom, height } = stage.getBoundingClientRect();
      const visible = Math.min(bottom, innerHeight) - Math.max(top, 0);
      if (visible > height / 2) return;
      const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
      stage.scrollIntoView({ behavior: still ? 'auto' : 'smooth', block: 'start' });
    },
    /** The face and the map as they are shown, for another canvas. */
    async snapshot() {
      const side = crop.naturalWidth;
      const box = input ?? { x: 0, y: 0, width: side, height: side };
      const [x, y, width, height] = [box.x, box.y, box.width, box.height].map((value) => value / side);
      const shown = { opacity: opacity.valueAsNumber / 100, box: { x, y, width, height } };
      return { ...(await copyDrawn(crop, canvas)), ...shown };
    },
    /** Their boxes take their places with the next map. @param {Feature[]} features best first */
    setFeatures(features) {
      drawn = features.map((feature) => makeBox(feature, onPoint));
      boxes.replaceChildren(...drawn.map(({ box }) => box));
      labels.replaceChildren(...drawn.map(({ label }) => label));
      mark();
      setBoxes();
      hideUnplaced();
    },
    /** @param {string[]} names of the features to highlight */
    highlight(names) {
      highlighted = names;
      if (names.length && !showBoxes.checked) {
        showBoxes.checked = true;
        setBoxes();
      }
      mark();
      layOut();
    },
  };
}

/** @param {Feature} feature @returns {boolean} whether it gets a label by itself: it is bright, or a reason */
function isMarked({ significant, reason }) {
  return significant || reason === true;
}

/**
 * @param {Feature} feature
 * @param {(names: string[]) => void} onPoint
 */
function makeBox(feature, onPoint) {
  const classes = ['box', feature.significant && 'significant', feature.reason && 'reason'];
  const box = make('div', { class: classes.filter(Boolean).join(' ') });
  const score = make('span', { class: 'score' }, ` ${percent(feature.score)}`);
  const label = make('span', { class: 'box-label', hidden: true }, featureName(feature.name), score);
  box.addEventListener('pointerenter', () => onPoint([feature.name]));
  box.addEventListener('pointerleave', () => onPoint([]));
  return { box, label, feature };
}

/**
 * Show the plain picture while the stage or the button is held down.
 *
 * @param {HTMLElement} stage
 * @param {HTMLButtonElement} button
 */
function listenForHold(stage, button) {
  /** @type {EventTarget | null} what is held down */
  let held = null;
  const hold = (/** @type {Event} */ { currentTarget }) => {
    held = currentTarget;
    stage.classList.add('plain');
  };
  const release = (/** @type {Event} */ { currentTarget }) => {
    if (currentTarget === held) stage.classList.remove('plain');
  };
  for (const element of [stage, button]) {
    element.addEventListener('pointerdown', hold);
    for (const end of ['pointerup', 'pointerleave', 'pointercancel']) element.addEventListener(end, release);
    // A long touch would otherwise open the image's menu.
    element.addEventListener('contextmenu', (event) => stage.classList.contains('plain') && event.preventDefault());
  }
  button.addEventListener('keydown', (event) => [' ', 'Enter'].includes(event.key) && hold(event));
  button.addEventListener('keyup', release);
  button.addEventListener('blur', release);
}

/** @param {HTMLElement} label */
function sizeOf(label) {
  return { width: label.offsetWidth, height: label.offsetHeight };
}

/**
 * @param {HTMLElement} label
 * @param {{x: number, y: number} | null} position
 */
function moveLabel(label, position) {
  label.hidden = position === null;
  if (position) label.style.transform = `translate(${position.x}px, ${position.y}px)`;
}
