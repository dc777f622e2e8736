import assert from 'node:assert/strict';
import test from 'node:test';
import { AGAINST, FOR } from '../../../../../static_site/js/shared/colours.js';
import { colourizeSigned, decodeSigned, normalizeSigned, subtract } from '../../../../../static_site/js/contrast/signed-map.js';

/** @param {number[][]} rows */
const map = (rows) => ({ height: rows.length, width: rows[0].length, values: Float32Array.from(rows.flat()) });

test('a signed map is decoded with its scale, and subtracted in units of the logit', () => {
  const signed = (/** @type {number[]} */ steps, /** @type {number} */ scale) => {
    const data = Buffer.from(Int8Array.from(steps).buffer).toString('base64');
    return decodeSigned({ height: 1, width: steps.length, scale, data });
  };
  assert.deepEqual([...signed([-127, 0, 127], 2).values], [-2, 0, 2]);
  assert.deepEqual([...subtract(signed([127, 0], 2), signed([127, -127], 0.5)).values], [1.5, 0.5]);
});

test('each sign has its colour, more opaque where it is stronger; zero is transparent', () => {
  const pixels = colourizeSigned(normalizeSigned(map([[2, -1, 0]])));
  assert.deepEqual([...pixels.subarray(0, 3)], FOR);
  assert.deepEqual([...pixels.subarray(4, 7)], AGAINST);
  assert.ok(pixels[3] > pixels[7] && pixels[7] > 0);
  assert.equal(pixels[11], 0);
  assert.ok(colourizeSigned(normalizeSigned(map([[0, 0]]))).every((value, index) => index % 4 !== 3 || value === 0));
});
