/**
 * The colour scale of the maps: from nearly black through violet and orange to pale yellow. Lightness rises evenly,
 * so the order is visible without colour vision.
 */

/** Control points at equal distances; red, green and blue from 0 to 255. */
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

/** Orange and blue for two names: distinct to colour-blind readers too. The same as `--for`, `--against` in CSS. */
export const FOR = [255, 140, 0];
export const AGAINST = [26, 118, 255];

/**
 * @param {number} value 0 to 1; clamped
 * @returns {[number, number, number]} red, green, blue, 0 to 255
 */
export function colourAt(value) {
  const position = Math.min(1, Math.max(0, value)) * (POINTS.length - 1);
  const index = Math.min(Math.floor(position), POINTS.length - 2);
  const weight = position - index;
  const [from, to] = [POINTS[index], POINTS[index + 1]];
  const mix = (/** @type {number} */ channel) => Math.round(from[channel] + (to[channel] - from[channel]) * weight);
  return [mix(0), mix(1), mix(2)];
}
