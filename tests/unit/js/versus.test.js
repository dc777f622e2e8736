import assert from 'node:assert/strict';
import test from 'node:test';
import { comparable, difference, versusSentence, weigh } from '../../../static_site/js/versus.js';

/** @param {number[][]} rows whole steps */
function signed(rows) {
  const data = Buffer.from(Int8Array.from(rows.flat()).buffer).toString('base64');
  return { height: rows.length, width: rows[0].length, scale: 127, data };
}

/** @param {any} facts */
function candidate(facts) {
  return { label: 0, name: 'A', probability: 0.5, map: { height: 1, width: 1, data: 'AA==' }, ...facts };
}

/** @param {string} name @param {number} x @param {number} y */
const feature = (name, x, y) =>
  ({ name, box: { x, y, width: 100, height: 100 }, located_by: 'geometry', score: 0, significant: false });

const one = candidate({ signed: signed([[40, 0], [10, 0]]) });
const other = candidate({ label: 1, name: 'B', signed: signed([[0, 0], [0, 20]]) });

test('parts speak for the name whose map is stronger there', () => {
  const features = [feature('left eye', 0, 0), feature('nose', 100, 0), feature('chin', 100, 100)];
  const [eye, nose, chin] = weigh(difference(one, other), features, 200);
  assert.equal(eye.share, 1);
  assert.ok(chin.share < -0.3 && chin.share > -1);
  assert.ok(Math.abs(nose.share) < eye.share);
  const turned = weigh(difference(other, one), features, 200);
  assert.deepEqual(turned.map(({ share }) => share), [-eye.share, -nose.share, -chin.share]);
});

test('two equal maps decide nothing', () => {
  const parts = weigh(difference(one, one), [feature('nose', 0, 0)], 200);
  assert.deepEqual(parts, [{ name: 'nose', share: 0 }]);
  assert.equal(versusSentence(parts, 'A', 'B'), 'No single part of the face decides between A and B.');
  assert.match(versusSentence([], 'A', 'B'), /^No single part/);
});

test('the sentence names what speaks for each, strongest first, pairs joined', () => {
  const parts = Object.entries({ nose: 0.5, 'left eye': 1, 'right eye': 0.6, mouth: 0.1, chin: -0.7, forehead: -0.2 });
  assert.equal(
    versusSentence(parts.map(([name, share]) => ({ name, share })), 'A', 'B'),
    'Both eyes and the nose speak for A; the chin speaks for B.',
  );
  assert.equal(versusSentence([{ name: 'chin', share: -1 }], 'A', 'B'), 'The chin speaks for B.');
  const pair = ['left eye', 'right eye'].map((name) => ({ name, share: 1 }));
  assert.equal(versusSentence(pair, 'A', 'B'), 'Both eyes speak for A.');
});

test('only candidates with a signed map can be compared', () => {
  assert.deepEqual(comparable([one, candidate({ name: 'old' }), other]), [one, other]);
  assert.throws(() => difference(one, candidate({ signed: null })), TypeError);
});
