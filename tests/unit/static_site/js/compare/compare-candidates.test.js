import assert from 'node:assert/strict';
import test from 'node:test';
import { contrastOf, rankLeads } from '../../../../../static_site/js/compare/compare-candidates.js';

const contrasts = [
  { label_for: 7, label_against: 3, leads: [1.5, -0.5], sentence: 'The nose speaks for A.' },
  { label_for: 7, label_against: 4, leads: [0.2, 0], sentence: 'The nose speaks for A too.' },
];

test('a pair is found in either order, with the sign of the leads for the first name', () => {
  assert.deepEqual(contrastOf(contrasts, 7, 3)?.leads, [1.5, -0.5]);
  assert.deepEqual(contrastOf(contrasts, 3, 7)?.leads, [-1.5, 0.5]);
  assert.equal(contrastOf(contrasts, 3, 7)?.sentence, contrasts[0].sentence);
  assert.equal(contrastOf(contrasts, 7, 4)?.sentence, contrasts[1].sentence);
});

test('a pair that was not compared has no contrast', () => {
  assert.equal(contrastOf(contrasts, 3, 4), null);
  assert.equal(contrastOf([], 7, 3), null);
});

test('leads are ranked, as shares of the largest of either sign', () => {
  const ranked = rankLeads([{ name: 'nose', lead: -2 }, { name: 'chin', lead: 1 }, { name: 'mouth', lead: 0 }]);
  assert.deepEqual(ranked.map(({ name, share }) => [name, share]), [['chin', 0.5], ['mouth', 0], ['nose', -1]]);
  assert.deepEqual(rankLeads([{ lead: 0 }]).map(({ share }) => share), [0]);
});
