import assert from 'node:assert/strict';
import test from 'node:test';
import { contrastOf, rankLeads } from '../../../../../static_site/js/contrast/contrast-of.js';

/** @type {any} */
const explanation = {
  sentences: [],
  contrasts: [
    { label_for: 7, label_against: 3, leads: [1.5, -0.5], sentence: 'The nose speaks for A.' },
    { label_for: 7, label_against: 4, leads: [0.2, 0], sentence: 'The nose speaks for A too.' },
  ],
};

test('a pair is found in either order, with the sign of the leads for the first name', () => {
  assert.deepEqual(contrastOf(explanation, 7, 3), { leads: [1.5, -0.5], sentence: 'The nose speaks for A.' });
  assert.deepEqual(contrastOf(explanation, 3, 7), { leads: [-1.5, 0.5], sentence: 'The nose speaks for A.' });
  assert.equal(contrastOf(explanation, 7, 4)?.sentence, 'The nose speaks for A too.');
});

test('a pair that was not compared has no contrast', () => {
  assert.equal(contrastOf(explanation, 3, 4), null);
  assert.equal(contrastOf(null, 7, 3), null);
});

test('leads are ranked, as shares of the largest of either sign', () => {
  const ranked = rankLeads([{ name: 'nose', lead: -2 }, { name: 'chin', lead: 1 }, { name: 'mouth', lead: 0 }]);
  assert.deepEqual(ranked.map(({ name, share }) => [name, share]), [['chin', 0.5], ['mouth', 0], ['nose', -1]]);
  assert.deepEqual(rankLeads([{ lead: 0 }]).map(({ share }) => share), [0]);
});
