import assert from 'node:assert/strict';
import test from 'node:test';
import { leftWithout } from '../../../../../static_site/js/comparison/effects-table.js';

/** @param {string} name @param {number | null} drop of the chance */
const feature = (name, drop) => ({ name, effect: drop === null ? null : { probability: drop, logit: 0 } });
/** @param {string[]} features */
const reason = (...features) => ({ features });
const photo = /** @type {any} */ ({
  features: [feature('nose', 0.5), feature('mouth', -0.3), feature('chin', 0.01), feature('brow', null)],
  reasons: [reason('nose', 'chin')],
  reasons_against: [reason('mouth')],
});

test('what is left of the chance stays between nothing and all of it', () => {
  assert.equal(leftWithout(photo, 'nose', 0.4)?.share, 0);
  assert.equal(leftWithout(photo, 'mouth', 0.9)?.share, 1);
  assert.equal(leftWithout(photo, 'chin', 0.91)?.share.toFixed(2), '0.90');
});

test('a part is a reason alone or in a set, speaks against it, or neither', () => {
  const roles = ['nose', 'chin', 'mouth'].map((name) => leftWithout(photo, name, 0.5)?.role);
  assert.deepEqual(roles, ['reason', 'reason', 'against']);
  assert.equal(leftWithout({ ...photo, reasons: [] }, 'nose', 0.5)?.role, null);
  assert.deepEqual(leftWithout(photo, 'nose', 0.5)?.others, ['chin']);
  assert.deepEqual(leftWithout(photo, 'mouth', 0.5)?.others, []);
});

test('what holds for all parts together says nothing of a single one', () => {
  const all = { ...photo, reasons: [reason('nose', 'mouth', 'chin')], reasons_against: [] };
  assert.equal(leftWithout(all, 'nose', 0.5)?.role, null);
});

test('a part that was not checked, or not found in this photo, has nothing left to tell', () => {
  assert.equal(leftWithout(photo, 'brow', 0.5), null);
  assert.equal(leftWithout(photo, 'left eye', 0.5), null);
});
