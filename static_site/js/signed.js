/** Maps of either sign: what speaks for one name and against another. */

import { AGAINST, FOR } from './colours.js';
import { decodeBytes, enlarge, LAYER_SIDE, put } from './heatmap.js';

/** @typedef {import('./types.js').HeatMap} HeatMap */

/**
 * @param {import('./types.js').SignedMap} encoded
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
 * @param {import('./types.js').Box} box in units of the map's cells; may be fractional and leave the map
 * @returns {number} the mean inside the box; 0 where it covers no cell
 */
export function meanInside(map, box) {
  const [left, right] = [Math.max(0, Math.round(box.x)), Math.min(map.width, Math.round(box.x + box.width))];
  const [top, bottom] = [Math.max(0, Math.round(box.y)), Math.min(map.height, Math.round(box.y + box.height))];
  let sum = 0;
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) sum += map.values[y * map.width + x];
  }
  const count = Math.max(0, right - left) * Math.max(0, bottom - top);
  return count ? sum / count : 0;
}

/**
 * Two colours, one for each sign; what is near zero stays clear.
 *
 * @param {HeatMap} map values of either sign, of any scale
 * @returns {Uint8ClampedArray<ArrayBuffer>} red, green, blue, alpha for each pixel
 */
export function paintSigned(map) {
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
  put(canvas, paintSigned(enlarge(map, LAYER_SIDE)));
}
