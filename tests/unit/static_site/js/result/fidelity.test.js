import assert from 'node:assert/strict';
import test from 'node:test';
import { comparedMaps, judgeFidelity } from '../../../../../static_site/js/result/fidelity.js';

/** @param {number} deletion @param {number} insertion */
const areas = (deletion, insertion) => ({ deletion, insertion });
const baselines = { random: areas(0.4, 0.4), inverted: areas(0.7, 0.2), centre: areas(0.2, 0.7) };

test('a map that beats all three in both tests passes', () => {
  const [evidence, gradCam] = judgeFidelity({ ...baselines, evidence: areas(0.1, 0.8), grad_cam: areas(0.3, 0.5) });
  assert.match(evidence, /^Evidence passes/);
  assert.match(gradCam, /^Grad-CAM is better than chance .* not better than a plain dot/);
});

test('one test lost is not passed, and no better than chance is said to be so', () => {
  assert.match(judgeFidelity({ ...baselines, grad_cam: areas(0.1, 0.6) })[0], /plain dot/);
  assert.match(judgeFidelity({ ...baselines, grad_cam: areas(0.3, 0.4) })[0], /in only one of the two/);
  assert.match(judgeFidelity({ ...baselines, grad_cam: areas(0.398, 0.404) })[0], /^Grad-CAM fails/);
});

test('the result\'s own maps come first; without evidence there is one', () => {
  const maps = comparedMaps({ ...baselines, evidence: null, grad_cam: areas(0.3, 0.5) });
  assert.deepEqual(maps.map(({ own }) => own), [true, false, false, false]);
});
