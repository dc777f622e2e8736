/** Maps of either sign: what speaks for one name and against another. */

import { AGAINST, FOR } from '../shared/colours.js';
import { decodeBytes, upsample, LAYER_SIDE, putPixels } from '../shared/heatmap.js';

/** @typedef {import('../shared/types.js').HeatMap} HeatMap */

/**
 * @param {import('../shared/types.js').SignedMap} encoded
 * @returns {HeatMap} values in units of the logit, of either sign
 * @throws {RangeError} the data does not have height times width bytes
 */
export function decodeSigned({ height, width, scale, data }) {
  const steps = new Int8Array(decodeBytes(height * width, data).buffer);
  return { height, width, values: Float32Array.from(steps, (step) => (step * scale) / 127) };
}

/**
 * @param {HeatMap} one
 * @param {HeatMap} other of the same size
 * @returns {HeatMap} one minus the other
 */
export function subtract(one, other) {
  return { ...one, values: one.values.map((value, index) => value - other.values[index]) };
}

/**
 * @param {HeatMap} map
 * @param {import('../shared/types.js').Box} box in pixels of the crop; may leave it
 * @param {number} side of the crop, pixels
 * @returns {number} the sum of the cells that the box covers, at least one
 */
export function sumInside(map, box, side) {
  const [left, right] = cells(box.x, box.width, map.width / side);
  const [top, bottom] = cells(box.y, box.height, map.height / side);
  let sum = 0;
  for (let y = top; y < Math.min(bottom, map.height); y += 1) {
    for (let x = left; x < Math.min(right, map.width); x += 1) sum += map.values[y * map.width + x];
  }
  return sum;
}

/**
 * @param {number} start
 * @param {number} length
 * @param {number} scale cells in a pixel
 */
function cells(start, length, scale) {
  return [Math.max(0, Math.trunc(start * scale)), Math.max(1, Math.round((start + length) * scale))];
}

/**
 * Two colours, one for each sign; what is near zero stays clear.
 *
 * @param {HeatMap} map values of either sign, of any scale
 * @returns {Uint8ClampedArray<ArrayBuffer>} red, green, blue, alpha for each pixel
 */
export function colourizeSigned(map) {
  const pixels = new Uint8ClampedArray(map.values.length * 4);
  const most = map.values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  map.values.forEach((value, index) => {
    pixels.set(value > 0 ? FOR : AGAINST, index * 4);
    pixels[index * 4 + 3] = 235 * Math.abs(value / most) ** 0.8;
  });
  return pixels;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HeatMap} map values of either sign
 */
export function drawSigned(canvas, map) {
  putPixels(canvas, colourizeSigned(upsample(map, LAYER_SIDE)));
}
