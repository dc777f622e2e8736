/**
 * The map's colours: from nearly black over violet and orange to pale yellow, even in lightness, so that twice
 * as bright dependencies about twice as much, also to colour-blind eyes.
 */

/** Control points at equal distances, red, green and blue from 0 to 255. */
const POINTS = [
  [0, 0, 4],
  [33, 12, 74],
  [87, 16, 110],
  [138, 34, 106],
  [188, 55, 84],
  [228, 90, 49],
  [249, 142, 9],
  [249, 203, 53],
  [252, 255, 164],
];

/** Two names compared: orange and blue, which colour-blind eyes tell apart as well. As `--for`, `--against` in CSS. */
export const FOR = [255, 140, 0];
export const AGAINST = [26, 118, 255];

/**
 * @param {number} value 0 to 1; anything beyond is clamped
 * @returns {[number, number, number]} red, green, blue, 0 to 255
 */
export function colourAt(value) {
  const place = Math.min(1, Math.max(0, value)) * (POINTS.length - 1);
  const index = Math.min(Math.floor(place), POINTS.length - 2);
  const part = place - index;
  const [from, to] = [POINTS[index], POINTS[index + 1]];
  const mix = (/** @type {number} */ i) => Math.round(from[i] + (to[i] - from[i]) * part);
  return [mix(0), mix(1), mix(2)];
}
