import assert from 'node:assert/strict';
import test from 'node:test';
import { preparePhoto } from '../../../../../static_site/js/upload/prepare-photo.js';

const JPEG = new Blob([new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 16])]);
const SCALED = new Blob(['scaled'], { type: 'image/jpeg' });
const signal = new AbortController().signal;

test('what the browser can decode is scaled, whatever its format', async () => {
  const heic = new Blob(['\0\0\0\x18ftypheic']);
  const prepared = await preparePhoto(signal, heic, { original: false, scale: async () => SCALED });
  assert.deepEqual(prepared, { file: SCALED, type: 'image/jpeg' });
});

test('the original is uploaded where the visitor wants it', async () => {
  const scale = async () => assert.fail('not to be scaled');
  assert.deepEqual(await preparePhoto(signal, JPEG, { original: true, scale }), { file: JPEG, type: 'image/jpeg' });
});

test('a photo that the browser cannot decode goes to the server as it is; another file is refused', async () => {
  const choices = { original: false, scale: async () => null };
  assert.equal((await preparePhoto(signal, JPEG, choices)).file, JPEG);
  await assert.rejects(preparePhoto(signal, new Blob(['GIF89a']), choices), { reason: 'unsupported-type', hint: /GIF/ });
  await assert.rejects(preparePhoto(signal, new Blob([]), choices), { reason: 'empty' });
});
