import assert from 'node:assert/strict';
import test from 'node:test';
import { pageError } from '../../../../static_site/js/shared/errors.js';
import { FACE_MISSING, ID, photo, world } from './flow-world.js';

/** A world in which every upload becomes the result of the face that was asked for; face 3 cannot be explained. */
function crowd() {
  const asked = /** @type {number[]} */ ([]);
  const createUpload = async (/** @type {any} */ _, /** @type {any} */ { face }) => {
    asked.push(face);
    return { id: `face ${face}`, upload: { url: '', fields: {} }, max_bytes: 1 };
  };
  const wait = async (/** @type {any} */ _, /** @type {string} */ id) => {
    const index = Number(id.split(' ')[1]);
    return { id, status: index === 3 ? 'failed' : 'done', error: FACE_MISSING, face: { index } };
  };
  return { asked, ...world({ createUpload, wait }) };
}

test('all faces are explained in the background, and one that fails does not stop the others', async () => {
  const { flow, asked, known, names } = crowd();
  await flow.accept(photo);
  const shown = names().length;
  await flow.allFaces([0, 1, 3, 4]);
  assert.deepEqual(asked, [0, 1, 3, 4]);
  assert.deepEqual(known.at(-1), ['0 done', '1 done', '3 failed', '4 done']);
  assert.equal(names().length, shown, 'the result stays on the page');
});

test('a face that is explained already is shown without another upload', async () => {
  const { flow, asked, log, last } = crowd();
  await flow.accept(photo);
  await flow.allFaces([0, 1]);
  await flow.anotherFace(1);
  assert.deepEqual(asked, [0, 1]);
  assert.deepEqual([last()[0], last()[1].id], ['result', 'face 1']);
  assert.ok(log.some(([what, id]) => what === 'go' && id === 'face 1'));
});

test('another photo ends what was under way for the faces of the last one', async () => {
  const { flow, known } = crowd();
  await flow.accept(photo);
  const all = flow.allFaces([0, 1, 4]);
  await flow.accept(photo);
  await all;
  assert.deepEqual(known.at(-1), ['0 done']);
});

test('a sample is shown with its photo, without an upload', async () => {
  const sample = { slug: 'ada', name: 'Ada', credit: 'public domain' };
  const openSample = async () => ({ sample, result: { id: ID, status: 'done' }, url: 'samples/ada/photo.jpg' });
  const { flow, last, log } = world({ openSample });
  await flow.openSample('ada');
  assert.deepEqual([last()[0], last()[2].url, last()[3]], ['result', 'samples/ada/photo.jpg', sample]);
  assert.deepEqual(log.filter(([what]) => what === 'progress').map(([, stage]) => stage), ['opening']);
});

test('another face of a sample is explained from the photo at its address', async () => {
  const sample = { slug: 'ada', name: 'Ada', credit: 'public domain' };
  const result = { id: 'b'.repeat(32), status: 'done', face: { index: 0, others: [{ index: 1 }] } };
  const sent = /** @type {Blob[]} */ ([]);
  const { flow } = world({
    openSample: async () => ({ sample, result, url: 'samples/ada/photo.jpg' }),
    load: async (/** @type {any} */ _, /** @type {string} */ url) => new Blob([url]),
    send: async (/** @type {any} */ _, /** @type {any} */ __, /** @type {Blob} */ file) => void sent.push(file),
  });
  await flow.openSample('ada');
  await flow.anotherFace(1);
  assert.deepEqual(await Promise.all(sent.map((file) => file.text())), ['samples/ada/photo.jpg']);
});

test('offline, the copy on this device is shown without waiting', async () => {
  const copy = { id: ID, status: 'done' };
  const wait = async () => assert.fail('nothing to wait for');
  const { flow, last, names } = world({ online: () => false, kept: async () => copy, wait });
  await flow.open(ID);
  assert.deepEqual([last()[0], last()[1]], ['kept', copy]);
  assert.ok(!names().includes('progress'));
});

test('a server that cannot be reached leads to the copy as well, and without one to an error', async () => {
  const wait = async () => Promise.reject(pageError('network'));
  const copied = world({ wait, kept: async () => ({ id: ID, status: 'done' }) });
  await copied.flow.open(ID);
  assert.equal(copied.last()[0], 'kept');
  const bare = world({ wait });
  await bare.flow.open(ID);
  assert.deepEqual([bare.last()[0], bare.last()[1].reason], ['error', 'network']);
});
