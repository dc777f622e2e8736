/** From the network's small map to a coloured layer over the photo. */

import { colourAt, FOR, AGAINST } from './colours.js';

/** @typedef {import('./types.js').HeatMap} HeatMap */

const LAYER_SIDE = 256;

const COLOURS = Array.from({ length: 256 }, (_, value) => colourAt(value / 255));

/**
 * @param {import('./types.js').EncodedMap} encoded
 * @returns {HeatMap}
 * @throws {RangeError} the data does not have height times width bytes
 */
export function decodeMap({ height, width, data }) {
  return { height, width, values: Float32Array.from(decodeBytes(height * width, data), (byte) => byte / 255) };
}

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
 * @param {number} count
 * @param {string} data base64
 */
function decodeBytes(count, data) {
  const bytes = Uint8Array.from(atob(data), (byte) => byte.charCodeAt(0));
  if (bytes.length !== count) throw new RangeError(`a map of ${count} cells with ${bytes.length} bytes`);
  return bytes;
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

/** @param {HeatMap} map */
export function isEmpty(map) {
  return map.values.every((value) => value === 0);
}

/**
 * Where each of `size` pixels falls among `cells` cells, the outermost half cells clamped.
 *
 * @param {number} size
 * @param {number} cells
 */
function samples(size, cells) {
  return Array.from({ length: size }, (_, pixel) => {
    const place = Math.min(cells - 1, Math.max(0, ((pixel + 0.5) * cells) / size - 0.5));
    const low = Math.floor(place);
    return { low, high: Math.min(low + 1, cells - 1), part: place - low };
  });
}

/**
 * Bilinear enlargement with pixel centres at half cells, as OpenCV's INTER_LINEAR does it.
 *
 * @param {HeatMap} map
 * @param {number} side width and height of the answer
 * @returns {HeatMap}
 */
export function enlarge(map, side) {
  const columns = samples(side, map.width);
  const rows = samples(side, map.height);
  const values = new Float32Array(side * side);
  const across = (/** @type {number} */ row, /** @type {typeof columns[0]} */ at) => {
    const start = row * map.width;
    return map.values[start + at.low] * (1 - at.part) + map.values[start + at.high] * at.part;
  };
  rows.forEach((row, y) => {
    columns.forEach((column, x) => {
      values[y * side + x] = across(row.low, column) * (1 - row.part) + across(row.high, column) * row.part;
    });
  });
  return { height: side, width: side, values };
}

/**
 * Stretch to the full range from 0 to 1. A map that is zero everywhere stays so.
 *
 * @param {HeatMap} map
 * @returns {HeatMap}
 */
export function stretch(map) {
  const low = map.values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = map.values.reduce((most, value) => Math.max(most, value), 0);
  if (high === low) return { ...map, values: map.values.map(() => (high > 0 ? 1 : 0)) };
  return { ...map, values: map.values.map((value) => (value - low) / (high - low)) };
}

/**
 * Colour and transparency: what is cold stays clear, so that the photo keeps its light.
 *
 * @param {HeatMap} map values 0 to 1
 * @returns {Uint8ClampedArray<ArrayBuffer>} red, green, blue, alpha for each pixel
 */
export function paint(map) {
  const pixels = new Uint8ClampedArray(map.values.length * 4);
  map.values.forEach((value, index) => {
    pixels.set(COLOURS[Math.round(value * 255)], index * 4);
    pixels[index * 4 + 3] = 255 * Math.min(1, value * 1.6) ** 0.9;
  });
  return pixels;
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
 * Draw a map on a canvas; CSS gives the canvas its size on the page.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {HeatMap} map
 */
export function drawMap(canvas, map) {
  put(canvas, paint(stretch(enlarge(map, LAYER_SIDE))));
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HeatMap} map values of either sign
 */
export function drawSigned(canvas, map) {
  put(canvas, paintSigned(enlarge(map, LAYER_SIDE)));
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8ClampedArray<ArrayBuffer>} pixels
 */
function put(canvas, pixels) {
  canvas.width = LAYER_SIDE;
  canvas.height = LAYER_SIDE;
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, LAYER_SIDE, LAYER_SIDE), 0, 0);
}
