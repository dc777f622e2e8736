import assert from 'node:assert/strict';
import test from 'node:test';
import { colourAt } from '../../../../../static_site/js/shared/colours.js';
import { decodeMap, upsample, isEmpty, colourize, normalize } from '../../../../../static_site/js/shared/heatmap.js';

/** @param {number[][]} rows */
const map = (rows) => ({ height: rows.length, width: rows[0].length, values: Float32Array.from(rows.flat()) });

test('a map is decoded row by row, from 0 to 1', () => {
  const data = Buffer.from([0, 51, 102, 153, 204, 255]).toString('base64');
  const decoded = decodeMap({ height: 2, width: 3, data });
  assert.deepEqual([...decoded.values].map((value) => Math.round(value * 5)), [0, 1, 2, 3, 4, 5]);
});

test('a map whose bytes do not fit its size is refused', () => {
  assert.throws(() => decodeMap({ height: 2, width: 2, data: btoa('abc') }), RangeError);
});

test('enlarging is bilinear with half-pixel centres', () => {
  const wide = upsample(map([[0, 1], [0, 1]]), 4);
  assert.deepEqual([...wide.values.subarray(0, 4)], [0, 0.25, 0.75, 1]);
  const tall = upsample(map([[0, 0], [1, 1]]), 4);
  assert.deepEqual([0, 4, 8, 12].map((at) => tall.values[at]), [0, 0.25, 0.75, 1]);
});

test('the brightest cell stays where it is', () => {
  const cells = Array.from({ length: 14 }, (_row, y) => Array.from({ length: 14 }, (_column, x) => (x === 10 && y === 3 ? 1 : 0)));
  const { values } = upsample(map(cells), 140);
  const brightest = values.indexOf(Math.max(...values));
  assert.deepEqual([Math.floor((brightest % 140) / 10), Math.floor(brightest / 1400)], [10, 3]);
});

test('stretching uses the full range; nothing stays nothing', () => {
  assert.deepEqual([...normalize(map([[0.25, 0.5, 0.75]])).values], [0, 0.5, 1]);
  const nothing = normalize(map([[0, 0]]));
  assert.deepEqual([...nothing.values], [0, 0]);
  assert.ok(isEmpty(nothing));
});

test('what is cold is clear, what is hot covers', () => {
  const pixels = colourize(map([[0, 1]]));
  assert.equal(pixels[3], 0);
  assert.deepEqual([...pixels.subarray(4)], [...colourAt(1), 255]);
});

test('the colours get lighter all the way, so that the order is visible without colour', () => {
  const lightness = Array.from({ length: 101 }, (_, i) => {
    const [red, green, blue] = colourAt(i / 100);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  });
  lightness.slice(1).forEach((value, i) => assert.ok(value >= lightness[i], `at ${i + 1} %`));
  assert.deepEqual(colourAt(-1), colourAt(0));
  assert.deepEqual(colourAt(2), colourAt(1));
});
