import assert from 'node:assert/strict';
import test from 'node:test';
import { describeIdentity } from '../../../../../static_site/js/result/verdict.js';

const model = { name: 'dlib-resnet', version: '1', identities: 5749, sha256: '' };
const identity = { label: 1, name: 'Ada', probability: 0.76, certainty: 0.91 };

/** @param {any} facts */
const head = (facts) => describeIdentity({ identity: { ...identity, ...facts }, model });

test('a strong and a weak match say so, with name and share', () => {
  const [strong, weak] = [head({ verdict: 'strong' }), head({ verdict: 'weak' })];
  assert.equal(strong.before, 'Closest match among the 5,749 people BRAIN knows');
  assert.deepEqual([strong.title, strong.certainty, strong.share], ['Ada', 'Strong match', '76\u00a0%']);
  assert.deepEqual([weak.title, weak.certainty, weak.share], ['Ada', 'Weak match', '76\u00a0%']);
  assert.notEqual(weak.before, strong.before);
  assert.match(strong.chance, /one of the 5,749 people at all: 91/);
});

test('the closest name for a stranger is not announced as a match', () => {
  const nobody = head({ verdict: 'nobody', certainty: 0.1 });
  assert.equal(nobody.title, 'Nobody BRAIN knows');
  assert.equal(nobody.certainty, 'The closest is Ada');
  assert.equal(nobody.share, '');
  assert.match(nobody.chance, /10/);
});

test('a network that was not calibrated does not claim to tell strangers', () => {
  const weak = head({ verdict: 'weak', calibrated: false, certainty: 0.3 });
  assert.match(weak.chance, /not calibrated/);
  assert.doesNotMatch(weak.chance, /30/);
});

test('a result without a certainty claims none', () => {
  const old = head({ verdict: undefined, certainty: undefined });
  assert.deepEqual([old.title, old.certainty, old.chance, old.share], ['Ada', '', '', '76\u00a0%']);
  assert.equal(describeIdentity({ identity: null, model: null }).title, 'Nobody');
});
