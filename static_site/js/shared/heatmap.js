/** From the network's coarse map to a coloured layer over the photo. */

import { colourAt } from './colours.js';

/** @typedef {import('./types.js').HeatMap} HeatMap */

/** Width and height of a drawn layer, pixels: several for each cell of a map. The browser smooths between them. */
export const LAYER_SIDE = 96;

/** The pixels of 256 values. Low values are transparent: the photo shows. */
const COLOURS = palette(256, (index) => {
  const value = index / 255;
  return [...colourAt(value), 255 * Math.min(1, value * 1.6) ** 0.9];
});

/**
 * @param {number} count
 * @param {(index: number) => number[]} colourOf red, green, blue, alpha, 0 to 255
 * @returns {Uint32Array} pixels as the canvas keeps them
 */
export function palette(count, colourOf) {
  const bytes = new Uint8ClampedArray(4 * count);
  for (let index = 0; index < count; index += 1) bytes.set(colourOf(index), 4 * index);
  return new Uint32Array(bytes.buffer);
}

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
 * Bilinear interpolation with pixel centres at half cells, as OpenCV's INTER_LINEAR does it. Each row of cells is
 * stretched once, before the rows are blended.
 *
 * @param {HeatMap} map
 * @param {number} side width and height of the result, pixels
 * @returns {HeatMap}
 */
export function upsample(map, side) {
  const wide = new Float32Array(map.height * side);
  samples(side, map.width).forEach(({ low, high, weight }, x) => {
    for (let row = 0; row < map.height; row += 1) {
      const left = map.values[row * map.width + low];
      wide[row * side + x] = left + (map.values[row * map.width + high] - left) * weight;
    }
  });
  const values = new Float32Array(side * side);
  samples(side, map.height).forEach(({ low, high, weight }, y) => {
    for (let x = 0; x < side; x += 1) {
      const above = wide[low * side + x];
      values[y * side + x] = above + (wide[high * side + x] - above) * weight;
    }
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
  let [low, high] = [Infinity, 0];
  for (const value of map.values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (high === low) return { ...map, values: map.values.map(() => (high > 0 ? 1 : 0)) };
  const values = new Float32Array(map.values.length);
  for (let i = 0; i < values.length; i += 1) values[i] = (map.values[i] - low) / (high - low);
  return { ...map, values };
}

/**
 * @param {HeatMap} map values 0 to 1
 * @returns {Uint8ClampedArray<ArrayBuffer>} red, green, blue, alpha for each pixel
 */
export function colourize({ values }) {
  const pixels = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i += 1) pixels[i] = COLOURS[Math.round(values[i] * 255)];
  return new Uint8ClampedArray(pixels.buffer);
}

/**
 * Draw a map on a canvas; CSS gives the canvas its size on the page.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {HeatMap} map
 */
export function drawMap(canvas, map) {
  putPixels(canvas, colourize(upsample(normalize(map), LAYER_SIDE)));
}

/**
 * The face and the map over it as they are now, for another canvas.
 *
 * @param {HTMLImageElement} image
 * @param {HTMLCanvasElement} canvas
 */
export async function copyDrawn(image, canvas) {
  // The picture on the page comes from another origin, and a canvas with it could not be read.
  const load = async () => createImageBitmap(await (await fetch(image.src)).blob());
  const [face, map] = await Promise.all([load(), createImageBitmap(canvas)]);
  return { face, map };
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
