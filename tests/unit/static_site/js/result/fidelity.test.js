import assert from 'node:assert/strict';
import test from 'node:test';
import { comparedMaps, judgeFidelity } from '../../../../../static_site/js/result/fidelity.js';

/** @param {number} deletion @param {number} insertion */
const areas = (deletion, insertion) => ({ deletion, insertion });
const baselines = { random: areas(0.4, 0.4), inverted: areas(0.7, 0.2), centre: areas(0.2, 0.7) };

test('a map that beats all three in both tests passes', () => {
  const fidelity = { ...baselines, evidence: areas(0.1, 0.8), cam: areas(0.3, 0.5) };
  const [evidence, layerCam] = judgeFidelity(fidelity, 'LayerCAM');
  assert.match(evidence, /^Evidence passes/);
  assert.match(layerCam, /^LayerCAM beats chance in both tests, but not a plain dot/);
});

test('a map that wins one test has not passed, and one that wins none fails', () => {
  assert.match(judgeFidelity({ ...baselines, cam: areas(0.1, 0.6) }, 'LayerCAM')[0], /plain dot/);
  assert.match(judgeFidelity({ ...baselines, cam: areas(0.3, 0.4) }, 'LayerCAM')[0], /in only one of the two/);
  assert.match(judgeFidelity({ ...baselines, cam: areas(0.398, 0.404) }, 'LayerCAM')[0], /^LayerCAM fails/);
});

test('the result\'s own maps come first; without evidence there is one', () => {
  const maps = comparedMaps({ ...baselines, evidence: null, grad_cam: areas(0.3, 0.5) }, 'Grad-CAM');
  assert.deepEqual(maps.map(({ own }) => own), [true, false, false, false]);
  assert.equal(maps[0].name, 'Grad-CAM');
});
