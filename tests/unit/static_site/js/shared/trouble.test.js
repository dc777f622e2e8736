import assert from 'node:assert/strict';
import test from 'node:test';
import { asTrouble, trouble, troubleOfAnswer, troubleOfResult } from '../../../../../static_site/js/shared/trouble.js';

test('the server\'s own hint is passed on', () => {
  const refused = troubleOfAnswer(415, { reason: 'unsupported-type', hint: 'Send a JPEG.', detail: 'image/gif' });
  assert.deepEqual([refused.reason, refused.hint, refused.detail], ['unsupported-type', 'Send a JPEG.', 'image/gif']);
});

test('an answer without a problem document still gives words and a way on', () => {
  const broken = troubleOfAnswer(502, {});
  assert.deepEqual([broken.reason, broken.retry], ['server', true]);
  assert.ok(broken.title && broken.hint);
  assert.equal(troubleOfAnswer(404, {}).retry, false);
});

test('a stored error keeps its code and message', () => {
  const stored = { code: 1, message: 'ERROR: cannot load input image ... ', reason: 'truncated', hint: 'Save it again.' };
  const shown = troubleOfResult(stored);
  assert.deepEqual([shown.code, shown.detail, shown.hint, shown.retry], [1, stored.message, 'Save it again.', false]);
  assert.equal(troubleOfResult({ ...stored, code: 5 }).retry, true);
});

test('no connection is told from a broken one', () => {
  assert.equal(asTrouble(trouble('network'), false).reason, 'offline');
  assert.equal(asTrouble(trouble('network'), true).reason, 'network');
  assert.equal(asTrouble(new TypeError('x is undefined'), true).reason, 'unexpected');
});
