import assert from 'node:assert/strict';
import test from 'node:test';
import { describeOutside } from '../../../../../static_site/js/result/feature-summary.js';

test('how much of each map lies on no part is said aloud', () => {
  const both = describeOutside({ sentences: [], outside: 0.62, evidence_outside: 0 });
  assert.match(both, /^62\u00a0% of Grad-CAM and 0\u00a0% of the evidence lie on no named part/);
  assert.match(describeOutside({ sentences: [], outside: 0.62 }), /^62\u00a0% of Grad-CAM lies on/);
  assert.equal(describeOutside({ sentences: [], outside: 0 }), '');
  assert.equal(describeOutside(null), '');
});
