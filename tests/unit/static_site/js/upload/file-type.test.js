import assert from 'node:assert/strict';
import test from 'node:test';
import { checkPhoto, unsupportedTypeHint, detectFileType } from '../../../../../static_site/js/upload/file-type.js';

const JPEG = [0xff, 0xd8, 0xff, 0xe0, 0, 16];
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const signal = new AbortController().signal;

/** @param {string} text */
const bytes = (text) => new TextEncoder().encode(text);

test('a photo is known by its first bytes', () => {
  assert.equal(detectFileType(new Uint8Array(JPEG)), 'image/jpeg');
  assert.equal(detectFileType(new Uint8Array(PNG)), 'image/png');
  assert.equal(detectFileType(bytes('RIFF\0\0\0\0WEBPVP8 ')), 'image/webp');
});

test('anything else is no photo, and a file too short to tell neither', () => {
  for (const other of [bytes('hello'), bytes('RIFF\0\0\0\0WAVE'), new Uint8Array(), new Uint8Array([0xff, 0xd8])]) {
    assert.equal(detectFileType(other), null);
  }
});

test('the hint fits what the file is instead', () => {
  for (const brand of ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'mif2', 'msf1']) {
    assert.match(unsupportedTypeHint(bytes(`\0\0\0\x14ftyp${brand}\0\0\0\0miaf`)) ?? '', /HEIC/);
  }
  for (const brands of ['avif\0\0\0\0mif1', 'avis\0\0\0\0msf1', 'mif1\0\0\0\0avif']) {
    assert.match(unsupportedTypeHint(bytes(`\0\0\0\x14ftyp${brands}`)) ?? '', /AVIF/);
  }
  assert.equal(unsupportedTypeHint(bytes('\0\0\0\x14ftypisom\0\0\0\0mp41')), undefined);
  assert.match(unsupportedTypeHint(bytes('GIF89a')) ?? '', /GIF/);
  assert.match(unsupportedTypeHint(bytes('%PDF-1.7')) ?? '', /PDF/);
  assert.equal(unsupportedTypeHint(bytes('hello')), undefined);
});

test('a good photo passes with its real type, whatever the file says', async () => {
  const file = new Blob([new Uint8Array(PNG)], { type: 'image/jpeg' });
  assert.equal(await checkPhoto(signal, file), 'image/png');
});

test('an empty file, a large one and a text are refused, each with its reason', async () => {
  const large = new Blob([new Uint8Array(2000)]);
  await assert.rejects(checkPhoto(signal, new Blob([])), { reason: 'empty' });
  await assert.rejects(checkPhoto(signal, large, 1000), { reason: 'too-large', hint: /2 KB.*1,000 bytes/ });
  await assert.rejects(checkPhoto(signal, new Blob(['hello'])), { reason: 'unsupported-type' });
});

test('a file that cannot be opened says so', async () => {
  const lost = /** @type {any} */ ({
    size: 10,
    slice: () => ({ arrayBuffer: () => Promise.reject(new Error('NotReadableError')) }),
  });
  await assert.rejects(checkPhoto(signal, lost), { reason: 'unreadable-file', detail: /NotReadable/ });
});
