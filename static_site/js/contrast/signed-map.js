/** Maps of either sign: what speaks for one name and against another. */

import { AGAINST, FOR } from '../shared/colours.js';
import { decodeBytes, LAYER_SIDE, palette, putPixels, upsample } from '../shared/heatmap.js';

/** @typedef {import('../shared/types.js').HeatMap} HeatMap */

const STEPS = 255;

/** Red, green, blue and alpha in one number, from the strongest against to the strongest for. */
const COLOURS = palette(2 * STEPS + 1, (index) => {
  const value = (index - STEPS) / STEPS;
  return [...(value > 0 ? FOR : AGAINST), 235 * Math.abs(value) ** 0.8];
});

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
 * Scale to -1 to 1, with zero where it was.
 *
 * @param {HeatMap} map values of either sign, of any scale
 * @returns {HeatMap}
 */
export function normalizeSigned(map) {
  const largest = map.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { ...map, values: map.values.map((value) => value / (largest || 1)) };
}

/**
 * One colour for each sign; values near zero are transparent.
 *
 * @param {HeatMap} map values -1 to 1
 * @returns {Uint8ClampedArray<ArrayBuffer>} red, green, blue, alpha for each pixel
 */
export function colourizeSigned({ values }) {
  const pixels = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i += 1) pixels[i] = COLOURS[STEPS + Math.round(values[i] * STEPS)];
  return new Uint8ClampedArray(pixels.buffer);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HeatMap} map values of either sign
 */
export function drawSigned(canvas, map) {
  putPixels(canvas, colourizeSigned(upsample(normalizeSigned(map), LAYER_SIDE)));
}
