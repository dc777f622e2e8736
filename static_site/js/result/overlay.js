/** Where the map and the boxes of a crop lie on the screen: over the crop itself, or over the whole photo. */

import { invert, scaled } from '../shared/geometry.js';

/** @typedef {import('../shared/types.js').Affine} Affine */

/**
 * @typedef {object} Placement
 * @property {number | null} side width and height of the layer on the screen, CSS pixels; null for all of the stage
 * @property {Affine} matrix rotation and shift that put the layer in its place
 * @property {Affine} toScreen from pixels of the crop to CSS pixels on the stage
 */

/** @type {Affine} */
const IDENTITY = [
  [1, 0, 0],
  [0, 1, 0],
];

/**
 * Over the crop, which fills the stage.
 *
 * @param {number} side of the crop, pixels
 * @param {number} width of the stage, CSS pixels
 * @returns {Placement}
 */
export function overCrop(side, width) {
  return { side: null, matrix: IDENTITY, toScreen: scaled(IDENTITY, width / side) };
}

/**
 * Over the whole photo. The layer is sized beforehand, so that the matrix does not scale lines and labels.
 *
 * @param {number} side of the crop, pixels
 * @param {Affine} transform from the photo to the crop, pixels
 * @param {number} scale CSS pixels for each pixel of the photo
 * @returns {Placement}
 */
export function overPhoto(side, transform, scale) {
  const toScreen = scaled(invert(transform), scale);
  const [[a, b, c], [d, e, f]] = toScreen;
  const size = Math.hypot(a, d);
  const [p, q, r, s] = [a, b, d, e].map((value) => value / size);
  return { side: side * size, matrix: [[p, q, c], [r, s, f]], toScreen };
}

/**
 * @param {HTMLElement} element
 * @param {Placement} placement
 */
export function placeLayer(element, { side, matrix: [[a, b, c], [d, e, f]] }) {
  const length = side === null ? '100%' : `${side}px`;
  element.style.width = length;
  element.style.height = length;
  element.style.transform = `matrix(${[a, d, b, e, c, f].join(',')})`;
}
