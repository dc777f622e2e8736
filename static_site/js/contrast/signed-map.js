/** Maps of either sign: what speaks for one name and against another. */

import { AGAINST, FOR } from '../shared/colours.js';
import { decodeBytes, LAYER_SIDE, putPixels, upsample } from '../shared/heatmap.js';

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
 * @param {HeatMap} map
 * @param {HeatMap} other of the same size
 * @returns {HeatMap} the difference: linear maps of two logits give the map of the logits' difference
 */
export function subtract(map, other) {
  return { ...map, values: map.values.map((value, index) => value - other.values[index]) };
}

/**
 * One colour for each sign; values near zero are transparent.
 *
 * @param {HeatMap} map values of either sign, of any scale
 * @returns {Uint8ClampedArray<ArrayBuffer>} red, green, blue, alpha for each pixel
 */
export function colourizeSigned(map) {
  const pixels = new Uint8ClampedArray(map.values.length * 4);
  const largest = map.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  map.values.forEach((value, index) => {
    pixels.set(value > 0 ? FOR : AGAINST, index * 4);
    pixels[index * 4 + 3] = 235 * Math.abs(value / largest) ** 0.8;
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
