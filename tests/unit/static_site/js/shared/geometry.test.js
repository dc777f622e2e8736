import assert from 'node:assert/strict';
import test from 'node:test';
import { boundingBox, invert, scaled } from '../../../../../static_site/js/shared/geometry.js';

/** @typedef {import('../../../../../static_site/js/shared/types.js').Affine} Affine */

/** @type {Affine} a quarter turn, an enlargement by two and a shift */
const turned = [
  [0, -2, 100],
  [2, 0, 30],
];

test('a matrix and its inverse lead back', () => {
  const { x, y } = boundingBox(invert(turned), boundingBox(turned, { x: 7, y: 9, width: 0, height: 0 }));
  assert.deepEqual([x, y], [7, 9]);
  assert.throws(() => invert([[1, 2, 0], [2, 4, 0]]), RangeError);
});

test('a turned box is enclosed, and scaling comes after the matrix', () => {
  const box = { x: 10, y: 20, width: 30, height: 5 };
  assert.deepEqual(boundingBox(turned, box), { x: 50, y: 50, width: 10, height: 60 });
  assert.deepEqual(boundingBox(scaled(turned, 0.5), box), { x: 25, y: 25, width: 5, height: 30 });
});
