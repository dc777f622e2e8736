import assert from 'node:assert/strict';
import test from 'node:test';
import { logitDifferenceMap, largestLead, contrastSentence, featureLeads } from '../../../../../static_site/js/compare/compare-candidates.js';

/** @param {number[][]} rows whole steps */
function signed(rows) {
  const data = Buffer.from(Int8Array.from(rows.flat()).buffer).toString('base64');
  return { height: rows.length, width: rows[0].length, scale: 127, data };
}

/** @param {any} facts */
function candidate(facts) {
  return { label: 0, name: 'A', probability: 0.5, map: { height: 1, width: 1, data: 'AA==' }, ...facts };
}

/** @param {string} name @param {number} x @param {number} y @param {number[]} [falls] */
function feature(name, x, y, falls) {
  const box = { x, y, width: 100, height: 100 };
  return { name, box, located_by: 'geometry', score: 0, significant: false, falls };
}

const one = candidate({ signed: signed([[40, 0], [10, 0]]) });
const other = candidate({ label: 1, name: 'B', signed: signed([[0, 0], [0, 20]]) });

test('unmeasured, parts speak for the name whose map is stronger there', () => {
  const features = [feature('left eye', 0, 0), feature('nose', 100, 0), feature('chin', 100, 100)];
  assert.deepEqual(featureLeads(features, [0, 1], logitDifferenceMap(one, other), 200).map(({ lead }) => lead), [40, 0, -20]);
  assert.deepEqual(featureLeads(features, [1, 0], logitDifferenceMap(other, one), 200).map(({ lead }) => lead), [-40, 0, 20]);
});

test('measured, they speak for the name whose logit falls further without them', () => {
  const features = [feature('nose', 0, 0, [2, 0.5, 3]), feature('chin', 0, 0, [2, 0.5])];
  const map = logitDifferenceMap(one, other);
  assert.deepEqual(featureLeads(features, [0, 1], map, 200).map(({ lead }) => lead), [1.5, 1.5]);
  assert.deepEqual(featureLeads(features, [0, 2], map, 200).map(({ lead }) => lead), [-1, 40]);
});

test('the sentence names what speaks for each, largestLead first, pairs joined', () => {
  const leads = Object.entries({ nose: 0.6, 'left eye': 1, 'right eye': 0.7, mouth: 0.1, chin: -0.7, forehead: -0.2 });
  const parts = leads.map(([name, lead]) => ({ name, lead }));
  assert.equal(largestLead(parts), 1);
  assert.equal(contrastSentence(parts, 'A', 'B'), 'The eyes and the nose speak for A; the chin speaks for B.');
  assert.equal(contrastSentence([{ name: 'chin', lead: -1 }], 'A', 'B'), 'The chin speaks for B.');
  const pair = ['left eye', 'right eye'].map((name) => ({ name, lead: 1 }));
  assert.equal(contrastSentence(pair, 'A', 'B'), 'The eyes speak for A.');
});

test('nothing is made of nothing', () => {
  const undecided = 'No single part of the face decides between A and B.';
  assert.equal(contrastSentence([], 'A', 'B'), undecided);
  assert.equal(contrastSentence([{ name: 'nose', lead: 0.05 }], 'A', 'B'), undecided);
  assert.deepEqual([...logitDifferenceMap(one, one).values], [0, 0, 0, 0]);
});

test('a candidate without a signed map cannot be compared', () => {
  assert.throws(() => logitDifferenceMap(one, candidate({ signed: null })), TypeError);
});
