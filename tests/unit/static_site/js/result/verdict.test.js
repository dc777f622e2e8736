import assert from 'node:assert/strict';
import test from 'node:test';
import { describeIdentity } from '../../../../../static_site/js/result/verdict.js';

const model = { name: 'brain-mini', version: '1', identities: 423, sha256: '' };
const identity = { label: 1, name: 'Ada', probability: 0.76, certainty: 0.91 };

/** @param {any} facts */
const head = (facts) => describeIdentity({ identity: { ...identity, ...facts }, model });

test('a strong and a weak match say so, with name and share', () => {
  const [strong, weak] = [head({ verdict: 'strong' }), head({ verdict: 'weak' })];
  assert.equal(strong.before, 'Of the 423 people it knows, most like');
  assert.deepEqual([strong.title, strong.certainty, strong.share], ['Ada', 'A strong match', '76\u00a0%']);
  assert.deepEqual([weak.title, weak.certainty, weak.share], ['Ada', 'A weak match', '76\u00a0%']);
  assert.notEqual(weak.before, strong.before);
  assert.match(strong.chance, /one of the 423 at all: 91/);
});

test('the nearest of strangers is not announced as a match', () => {
  const nobody = head({ verdict: 'nobody', certainty: 0.1 });
  assert.equal(nobody.title, 'Nobody it knows');
  assert.equal(nobody.certainty, 'The nearest of the 423 is Ada');
  assert.equal(nobody.share, '');
  assert.match(nobody.chance, /10/);
});

test('an older result, which says nothing of certainty, claims none', () => {
  const old = head({ verdict: undefined, certainty: undefined });
  assert.deepEqual([old.title, old.certainty, old.chance, old.share], ['Ada', '', '', '76\u00a0%']);
  assert.equal(describeIdentity({ identity: null, model: null }).title, 'Nobody');
});
