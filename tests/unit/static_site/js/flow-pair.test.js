import assert from 'node:assert/strict';
import test from 'node:test';
import { PAIR } from '../../../../static_site/js/held-photo.js';
import { pageError } from '../../../../static_site/js/shared/errors.js';
import { FACE_MISSING, photo, world } from './flow-world.js';

const FIRST = '1'.repeat(32);
const SECOND = '2'.repeat(32);
const other = new Blob(['the other photo']);

/** A world in which every upload has an id of its own, and asks are recorded. @param {Record<string, any>} [changes] */
function pairWorld(changes = {}) {
  const asked = /** @type {any[]} */ ([]);
  const createUpload = async (/** @type {any} */ _, /** @type {any} */ upload) => {
    asked.push(upload);
    return { id: asked.length === 1 ? FIRST : SECOND, upload: { url: '', fields: {} }, max_bytes: 1 };
  };
  const wait = async (/** @type {AbortSignal} */ signal, /** @type {string} */ id, /** @type {any} */ { onNamed }) => {
    onNamed({ id, status: 'named' });
    signal.throwIfAborted();
    return { id, status: 'done', comparison: {} };
  };
  return { asked, ...world({ createUpload, wait, ...changes }) };
}

test('the other photo is sent first, and the photo is compared with its result once that has a name', async () => {
  const { flow, asked, last, log } = pairWorld();
  await flow.comparePhotos(photo, other);
  assert.deepEqual(
    asked.map(({ size, compare_with: partner }) => [size, partner]),
    [[other.size, undefined], [photo.size, FIRST]],
  );
  assert.deepEqual([last()[0], last()[1].id], ['result', SECOND]);
  assert.deepEqual(log.filter(([what]) => what === 'go').map(([, id]) => id), [FIRST, SECOND]);
});

test('the name alone is not shown while two photos are compared', async () => {
  const { flow, log } = pairWorld();
  await flow.accept(photo, FIRST);
  assert.equal(log.filter(([what]) => what === 'result').length, 1);
  assert.ok(log.some(([what, stage]) => what === 'progress' && stage === 'comparing'));
});

test('the steps say which of the two photos they are about', async () => {
  const { flow, log } = pairWorld();
  await flow.comparePhotos(photo, other);
  const parts = log.filter(([what, stage]) => what === 'progress' && stage === 'sending').map(([, , facts]) => facts.part);
  assert.deepEqual(parts, [1, 2]);
});

test('an other photo without a face leads back to choosing two', async () => {
  const { flow, asked, last } = pairWorld({ wait: async () => ({ status: 'failed', error: FACE_MISSING }) });
  await flow.comparePhotos(photo, other);
  const [what, error, held, retry, partner] = last();
  assert.deepEqual([what, error.reason, held.file, retry, partner], ['error', 'no-face', other, null, PAIR]);
  assert.equal(asked.length, 1);
});

test('a photo that cannot be compared keeps its partner, so that another one can take its place', async () => {
  const bad = pairWorld({ prepare: async () => Promise.reject(pageError('empty')) });
  await bad.flow.accept(photo, FIRST);
  assert.equal(bad.last()[4], FIRST);
  const faceless = pairWorld({ wait: async () => ({ status: 'failed', error: FACE_MISSING }) });
  await faceless.flow.accept(photo, FIRST);
  assert.equal(faceless.last()[4], FIRST);
});

test('another face of a compared photo is compared as well', async () => {
  const { flow, asked } = pairWorld();
  await flow.accept(photo, FIRST);
  await flow.anotherFace(2);
  assert.deepEqual(asked.map(({ face, compare_with: partner }) => [face, partner]), [[0, FIRST], [2, FIRST]]);
});

test('a photo that is explained afterwards has no partner', async () => {
  const { flow, asked } = pairWorld();
  await flow.accept(photo, FIRST);
  await flow.accept(photo);
  assert.ok(!('compare_with' in asked[1]));
});
