/** One of two photos that are compared: the face, its map, and the parts that are talked about. */

import { find, make, placeBox, showImage, sideOf } from '../shared/dom.js';
import { copyDrawn, decodeMap, drawMap, isEmpty } from '../shared/heatmap.js';
import { putOffFirst } from '../shared/next-task.js';
import { featureName } from '../shared/texts.js';

/** @typedef {import('../shared/types.js').ComparedPhoto} ComparedPhoto */
/** @typedef {import('../shared/types.js').DrawnFace} DrawnFace */
/** @typedef {'evidence' | 'against'} Kind of map, a field of the photo */

/**
 * @param {HTMLElement} root a figure of index.html
 * @param {{onImageLost: () => void, onPoint: (names: string[]) => void}} events
 *   onPoint: a feature's box is pointed at, or none any more
 */
export function createComparedPhoto(root, { onImageLost, onPoint }) {
  const image = find(root, 'img', HTMLImageElement);
  const canvas = find(root, 'canvas', HTMLCanvasElement);
  const boxes = find(root, '.boxes', HTMLElement);
  /** @type {ComparedPhoto | null} */
  let shown = null;
  /** @type {{box: HTMLElement, name: string}[]} */
  let drawn = [];
  const whenReady = putOffFirst();

  /** Boxes are in pixels of the picture, which is known once it has arrived. */
  function layOut() {
    const side = sideOf(image);
    canvas.hidden = boxes.hidden = !side;
    if (!side || !shown) return;
    placeBox(canvas, shown.input, side);
    canvas.classList.toggle('inset', shown.input.width < side);
    const places = new Map(shown.features.map(({ name, box }) => [name, box]));
    for (const { box, name } of drawn) {
      const place = places.get(name);
      if (place) placeBox(box, place, side);
    }
  }

  /** @param {string} name of a feature @param {Set<string>} reasons */
  function makeBox(name, reasons) {
    const box = make('div', { class: reasons.has(name) ? 'box reason' : 'box quiet', title: featureName(name) });
    box.addEventListener('pointerenter', () => onPoint([name]));
    box.addEventListener('pointerleave', () => onPoint([]));
    return { box, name };
  }

  image.addEventListener('load', layOut);
  image.addEventListener('error', onImageLost);

  return {
    /** @param {string} url of the crop @param {boolean} same whether it is the crop that is shown */
    setImage(url, same) {
      if (url) showImage(image, url, same);
    },
    /**
     * @param {ComparedPhoto} photo
     * @param {Kind} kind
     * @param {string} description for those who cannot see the map
     * @returns {boolean} whether there is anything on the map
     */
    show(photo, kind, description) {
      shown = photo;
      const map = decodeMap(photo[kind]);
      whenReady(() => drawMap(canvas, map));
      canvas.setAttribute('aria-label', description);
      const reasons = kind === 'evidence' ? photo.reasons : photo.reasons_against;
      const names = new Set(reasons.flatMap(({ features }) => features));
      drawn = photo.features.map(({ name }) => makeBox(name, names));
      boxes.replaceChildren(...drawn.map(({ box }) => box));
      layOut();
      return !isEmpty(map);
    },
    /** @param {number} opacity of the map, 0 to 1 */
    setOpacity(opacity) {
      canvas.style.opacity = String(opacity);
    },
    /** @param {string[]} names of features */
    highlight(names) {
      for (const { box, name } of drawn) box.classList.toggle('highlighted', names.includes(name));
    },
    /** @param {number} opacity @returns {Promise<DrawnFace>} the face and the map as they are shown */
    async snapshot(opacity) {
      const { x, y, width, height } = /** @type {ComparedPhoto} */ (shown).input;
      const [left, top, right, bottom] = [x, y, width, height].map((value) => value / image.naturalWidth);
      const box = { x: left, y: top, width: right, height: bottom };
      return { ...(await copyDrawn(image, canvas)), opacity, box };
    },
  };
}
