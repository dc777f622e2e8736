import assert from 'node:assert/strict';
import test from 'node:test';
import { overCrop, overPhoto } from '../../../../../static_site/js/result/overlay.js';
import { boundingBox } from '../../../../../static_site/js/shared/geometry.js';

test('over the crop the layer fills the stage', () => {
  const { side, toScreen } = overCrop(336, 168);
  assert.equal(side, null);
  assert.deepEqual(boundingBox(toScreen, { x: 0, y: 0, width: 336, height: 336 }), { x: 0, y: 0, width: 168, height: 168 });
});

test('over the photo the layer lies where the crop was cut out, whatever its rotation', () => {
  const angle = Math.PI / 2;
  const [c, s] = [2 * Math.cos(angle), 2 * Math.sin(angle)];
  // The square of 50 pixels at (200, 100) of the photo becomes a crop of 100 pixels, turned by a quarter.
  const { side, matrix, toScreen } = overPhoto(100, [[c, -s, 300], [s, c, -400]], 0.5);
  assert.equal(side, 25);
  const crop = boundingBox(toScreen, { x: 0, y: 0, width: 100, height: 100 });
  assert.deepEqual(Object.values(crop).map(Math.round), [100, 50, 25, 25]);
  const layer = boundingBox(matrix, { x: 0, y: 0, width: 25, height: 25 });
  assert.deepEqual(Object.values(layer).map(Math.round), [100, 50, 25, 25]);
});
