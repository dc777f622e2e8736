import assert from 'node:assert/strict';
import test from 'node:test';
import { placeLabels } from '../../../../../static_site/js/result/label-placement.js';

const STAGE = { width: 300, height: 300 };
const label = { width: 90, height: 20 };

test('a label stands above its box and grows outwards', () => {
  const left = { x: 60, y: 100, width: 60, height: 40 };
  const right = { x: 180, y: 100, width: 60, height: 40 };
  const [one, other] = placeLabels([{ box: left, label }, { box: right, label }], STAGE);
  assert.deepEqual(one, { x: 30, y: 80, ...label });
  assert.deepEqual(other, { x: 180, y: 80, ...label });
});

test('a label shorter than its box keeps to the outer corner', () => {
  const boxes = [{ x: 10, y: 100, width: 120, height: 40 }, { x: 170, y: 100, width: 120, height: 40 }];
  const places = placeLabels(boxes.map((box) => ({ box, label })), STAGE);
  assert.deepEqual(places.map((place) => place?.x), [10, 200]);
});

test('a box at the top edge gets its label below', () => {
  const [place] = placeLabels([{ box: { x: 180, y: 5, width: 60, height: 40 }, label }], STAGE);
  assert.equal(place?.y, 45);
});

test('a label keeps off the box of another where it can', () => {
  const eye = { x: 180, y: 100, width: 60, height: 40 };
  const brow = { x: 180, y: 80, width: 60, height: 25 };
  const [ofEye, ofBrow] = placeLabels([{ box: eye, label }, { box: brow, label }], STAGE);
  assert.deepEqual([ofEye?.y, ofBrow?.y], [140, 60]);
  const [crowded] = placeLabels([{ box: eye, label }, { box: { x: 0, y: 0, width: 300, height: 300 }, label }], STAGE);
  assert.equal(crowded?.y, 80);
});

test('no two labels overlap, and the one without a place is left out', () => {
  const box = { x: 150, y: 100, width: 20, height: 5 };
  const places = placeLabels(Array.from({ length: 9 }, () => ({ box, label })), STAGE);
  assert.notEqual(places[0], null);
  assert.ok(places.includes(null));
  const areas = places.filter((place) => place !== null);
  for (const [index, one] of areas.entries()) {
    for (const other of areas.slice(index + 1)) {
      const across = one.x < other.x + other.width && other.x < one.x + one.width;
      assert.ok(!(across && Math.abs(one.y - other.y) < label.height));
    }
  }
});
