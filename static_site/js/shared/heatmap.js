/** From the network's coarse map to a coloured layer over the photo. */

import { colourAt } from './colours.js';

/** @typedef {import('./types.js').HeatMap} HeatMap */

/** Width and height of a drawn layer, pixels. */
export const LAYER_SIDE = 256;

/** Red, green, blue and alpha of each of 256 values, in one number. Low values are transparent: the photo shows. */
const COLOURS = Uint32Array.from({ length: 256 }, (_, value) => {
  const alpha = 255 * Math.min(1, (value / 255) * 1.6) ** 0.9;
  return new Uint32Array(Uint8ClampedArray.of(...colourAt(value / 255), alpha).buffer)[0];
});

/**
 * @param {import('./types.js').EncodedMap} encoded
 * @returns {HeatMap}
 * @throws {RangeError} the data does not have height times width bytes
 */
export function decodeMap({ height, width, data }) {
  return { height, width, values: Float32Array.from(decodeBytes(height * width, data), (byte) => byte / 255) };
}

/**
 * @param {number} count expected
 * @param {string} data base64
 * @throws {RangeError} it has another number of bytes
 */
export function decodeBytes(count, data) {
  const bytes = Uint8Array.from(atob(data), (byte) => byte.charCodeAt(0));
  if (bytes.length !== count) throw new RangeError(`a map of ${count} cells with ${bytes.length} bytes`);
  return bytes;
}

/** @param {HeatMap} map */
export function isEmpty(map) {
  return map.values.every((value) => value === 0);
}

/**
 * The two cells that each pixel lies between, with half a cell clamped at either end.
 *
 * @param {number} size pixels
 * @param {number} cells
 */
function samples(size, cells) {
  return Array.from({ length: size }, (_, pixel) => {
    const position = Math.min(cells - 1, Math.max(0, ((pixel + 0.5) * cells) / size - 0.5));
    const low = Math.floor(position);
    return { low, high: Math.min(low + 1, cells - 1), weight: position - low };
  });
}

/**
 * Bilinear interpolation with pixel centres at half cells, as OpenCV's INTER_LINEAR does it.
 *
 * @param {HeatMap} map
 * @param {number} side width and height of the result, pixels
 * @returns {HeatMap}
 */
export function upsample(map, side) {
  const columns = samples(side, map.width);
  const rows = samples(side, map.height);
  const values = new Float32Array(side * side);
  const across = (/** @type {number} */ row, /** @type {typeof columns[0]} */ at) => {
    const start = row * map.width;
    return map.values[start + at.low] * (1 - at.weight) + map.values[start + at.high] * at.weight;
  };
  rows.forEach((row, y) => {
    columns.forEach((column, x) => {
      values[y * side + x] = across(row.low, column) * (1 - row.weight) + across(row.high, column) * row.weight;
    });
  });
  return { height: side, width: side, values };
}

/**
 * Scale to the full range from 0 to 1. A map of zeros stays as it is.
 *
 * @param {HeatMap} map
 * @returns {HeatMap}
 */
export function normalize(map) {
  const low = map.values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = map.values.reduce((most, value) => Math.max(most, value), 0);
  if (high === low) return { ...map, values: map.values.map(() => (high > 0 ? 1 : 0)) };
  return { ...map, values: map.values.map((value) => (value - low) / (high - low)) };
}

/**
 * @param {HeatMap} map values 0 to 1
 * @returns {Uint8ClampedArray<ArrayBuffer>} red, green, blue, alpha for each pixel
 */
export function colourize(map) {
  const pixels = new Uint32Array(map.values.length);
  map.values.forEach((value, index) => (pixels[index] = COLOURS[Math.round(value * 255)]));
  return new Uint8ClampedArray(pixels.buffer);
}

/**
 * Draw a map on a canvas; CSS gives the canvas its size on the page.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {HeatMap} map
 */
export function drawMap(canvas, map) {
  putPixels(canvas, colourize(normalize(upsample(map, LAYER_SIDE))));
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8ClampedArray<ArrayBuffer>} pixels of a square layer
 */
export function putPixels(canvas, pixels) {
  canvas.width = LAYER_SIDE;
  canvas.height = LAYER_SIDE;
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, LAYER_SIDE, LAYER_SIDE), 0, 0);
}
