import assert from 'node:assert/strict';
import test from 'node:test';
import { describeEffect, matchLeft, rankFeatures, strictest } from '../../../../../static_site/js/result/feature-effects.js';

const box = { x: 0, y: 0, width: 1, height: 1 };
const controls = [0.02, 0.06, -0.1].map((probability) => ({ box, probability, logit: probability }));

/** @param {any} facts */
function feature(facts) {
  const rest = { score: 0.3, significant: false, reason: false, joint: null, strength: 0 };
  return { name: 'nose', box, located_by: 'geometry', controls, ...rest, ...facts };
}

test('the match that is left never reads as 0 or 100 percent', () => {
  assert.equal(matchLeft(0.76, { probability: 0.41, logit: 2 }), '35\u00a0%');
  assert.equal(matchLeft(0.9, { probability: -0.3, logit: -2 }), '>\u00a099\u00a0%');
  assert.equal(matchLeft(0.9, { probability: 0.9, logit: 9 }), '<\u00a01\u00a0%');
});

test('the strictest control is the one that costs most', () => {
  assert.equal(strictest(controls)?.probability, 0.06);
  assert.equal(strictest([]), undefined);
});

test('a reason is called one; a bright feature without an effect is not', () => {
  const effect = { probability: 0.41, logit: 2 };
  const reason = describeEffect(0.76, feature({ effect, reason: true }));
  assert.deepEqual(reason, { verdict: 'A reason', finding: 'Without it 35\u00a0%, elsewhere 70\u00a0%' });
  const bright = describeEffect(0.76, feature({ effect: { probability: 0, logit: 0 }, significant: true }));
  assert.deepEqual(bright, { verdict: 'Bright, but not a reason', finding: 'Without it 76\u00a0%, elsewhere 70\u00a0%' });
  assert.equal(describeEffect(0.76, feature({ effect, controls: [] })).finding, 'Without it 35\u00a0%');
});

test('nothing is said where nothing was checked', () => {
  assert.deepEqual(describeEffect(0.76, feature({ significant: true })), { verdict: '', finding: '' });
  assert.deepEqual(describeEffect(0.76, feature({ effect: null, controls: undefined })), { verdict: '', finding: '' });
});

test('reasons come first, the strongest leading; the others follow by brightness', () => {
  const features = [
    feature({ name: 'dim', score: 0.1 }),
    feature({ name: 'bright', score: 0.9 }),
    feature({ name: 'second', score: 0.5, reason: true, effect: { probability: 0.1, logit: 1 } }),
    feature({ name: 'first', score: 0.2, reason: true, effect: { probability: 0.1, logit: 3 } }),
  ];
  const sorted = rankFeatures(features, []);
  assert.deepEqual(sorted.map(({ name }) => name), ['first', 'second', 'bright', 'dim']);
  assert.deepEqual(sorted.map(({ reason }) => reason), [true, true, false, false]);
});

test('half of a pair is a reason together with the other half', () => {
  const effect = { probability: 0.1, logit: 1 };
  const features = ['chin', 'left eye', 'right eye'].map((name) => feature({ name, effect }));
  const eyes = { probability: 0.6, logit: 9 };
  const pair = { features: ['left eye', 'right eye'], before: 0.8, effect: eyes, control: effect };
  const all = { ...pair, features: ['chin', 'left eye', 'right eye'] };
  const [left, , chin] = rankFeatures(features, [pair]);
  assert.deepEqual([left.name, left.reason, chin.reason], ['left eye', true, false]);
  assert.deepEqual(describeEffect(0.8, left), {
    verdict: 'A reason together with: Right eye',
    finding: 'Without both 20\u00a0%, elsewhere 70\u00a0%; without it alone 70\u00a0%',
  });
  assert.ok(rankFeatures(features, [all]).every(({ reason }) => !reason));
});

test('a part that decides only together with others is a reason together with them', () => {
  const effect = { probability: 0.1, logit: 1 };
  const features = ['nose', 'smile', 'left brow', 'chin'].map((name) => feature({ name, effect, significant: name === 'nose' }));
  const joint = { features: ['smile', 'nose', 'left brow'], before: 0.8, effect: { probability: 0.6, logit: 9 }, control: effect };
  const ranked = rankFeatures(features, [joint]);
  assert.deepEqual(ranked.map(({ name, reason }) => [name, reason]), [['nose', true], ['smile', true], ['left brow', true], ['chin', false]]);
  assert.deepEqual(describeEffect(0.8, ranked[0]), {
    verdict: 'A reason together with: Smile, Left brow',
    finding: 'Without them all 20\u00a0%, elsewhere 70\u00a0%; without it alone 70\u00a0%',
  });
});
