import assert from 'node:assert/strict';
import test from 'node:test';
import { errorFromResponse, errorFromResult, pageError, toPageError } from '../../../../../static_site/js/shared/errors.js';

test('the server\'s own hint is passed on', () => {
  const refused = errorFromResponse(415, { reason: 'unsupported-type', hint: 'Send a JPEG.', detail: 'image/gif' });
  assert.deepEqual([refused.reason, refused.hint, refused.detail], ['unsupported-type', 'Send a JPEG.', 'image/gif']);
});

test('an answer without a problem document still gives words and a way on', () => {
  const broken = errorFromResponse(502, {});
  assert.deepEqual([broken.reason, broken.retry], ['server', true]);
  assert.ok(broken.title && broken.hint);
  assert.equal(errorFromResponse(404, {}).retry, false);
});

test('every reason for which no face is explained has its own title and hint', () => {
  const message = "ERROR: sorry, frontal face wasn't detected";
  const reasons = ['no-face', 'too-small', 'too-blurred', 'no-such-face'];
  const errors = reasons.map((reason) => errorFromResult({ code: 3, reason, message, hint: 'Server.' }));
  assert.equal(new Set(errors.map(({ title }) => title)).size, reasons.length);
  assert.equal(new Set(errors.map(({ hint }) => hint)).size, reasons.length);
  assert.ok(errors.every(({ hint, retry }) => hint !== 'Server.' && !retry));
  const photo = errorFromResult({ code: 1, reason: 'too-small', message: '', hint: '' });
  assert.notEqual(photo.title, errors[1].title);
});

test('a stored error keeps its code and message', () => {
  const stored = { code: 1, message: 'ERROR: cannot load input image ... ', reason: 'truncated', hint: 'Save it again.' };
  const shown = errorFromResult(stored);
  assert.deepEqual([shown.code, shown.detail, shown.hint, shown.retry], [1, stored.message, 'Save it again.', false]);
  assert.equal(errorFromResult({ ...stored, code: 5 }).retry, true);
});

test('no connection is told from a broken one', () => {
  assert.equal(toPageError(pageError('network'), false).reason, 'offline');
  assert.equal(toPageError(pageError('network'), true).reason, 'network');
  assert.equal(toPageError(new TypeError('x is undefined'), true).reason, 'unexpected');
});
