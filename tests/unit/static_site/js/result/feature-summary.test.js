import assert from 'node:assert/strict';
import test from 'node:test';
import { describeOutside } from '../../../../../static_site/js/result/feature-summary.js';

test('the share of each map outside the named parts', () => {
  const both = describeOutside({ sentences: [], cam: 'layercam', outside: 0.62, evidence_outside: 0 });
  assert.match(both, /^62\u00a0% of LayerCAM and 0\u00a0% of the evidence lie outside the named parts/);
  assert.match(describeOutside({ sentences: [], outside: 0.62 }), /^62\u00a0% of Grad-CAM lies outside/);
  assert.equal(describeOutside({ sentences: [], outside: 0 }), '');
  assert.equal(describeOutside(null), '');
});
