import assert from 'node:assert/strict';
import test from 'node:test';
import { pageError } from '../../../../static_site/js/shared/errors.js';
import { ID, photo, world } from './flow-world.js';

/** @returns {{promise: Promise<any>, resolve: (value?: any) => void, reject: (reason: any) => void}} */
function later() {
  /** @type {any} */
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

test('whoever goes home while the copy is read stays there', async () => {
  const copy = later();
  const { flow, names } = world({ online: () => false, kept: () => copy.promise });
  const opened = flow.open(ID);
  flow.home();
  copy.resolve({ id: ID, status: 'done' });
  await opened;
  assert.equal(names().at(-1), 'start');
});

test('an address of nothing ends what was under way', async () => {
  const answer = later();
  const { flow, last } = world({ wait: () => answer.promise });
  const opened = flow.open(ID);
  await settle();
  flow.missing();
  answer.resolve({ id: ID, status: 'done' });
  await opened;
  assert.deepEqual([last()[0], last()[1].reason], ['error', 'not-found']);
});

/** A result that has its name; whatever is asked later fails for this reason. @param {string} reason */
function named(reason) {
  const first = later();
  let asked = 0;
  const wait = async (/** @type {any} */ _, /** @type {string} */ id, /** @type {any} */ { onNamed }) => {
    asked += 1;
    if (asked > 1) throw pageError(reason);
    onNamed({ id, status: 'named' });
    return first.promise;
  };
  return { first, wait };
}

test('going on in vain keeps the name that is shown', async () => {
  const { first, wait } = named('network');
  const { flow, last, names } = world({ wait });
  const opened = flow.open(ID);
  await settle();
  first.reject(pageError('network'));
  await opened;
  flow.resume();
  await settle();
  assert.deepEqual([last()[0], last()[1].reason], ['interrupted', 'network']);
  assert.ok(!names().includes('error'));
});

test('a result that could not be deleted goes on to its checks', async () => {
  const { first, wait } = named('network');
  const { flow, last } = world({ wait, remove: async () => Promise.reject(pageError('network')) });
  const opened = flow.open(ID);
  await settle();
  await assert.rejects(flow.remove(ID), { reason: 'network' });
  first.resolve({ id: ID, status: 'done' });
  await opened;
  assert.deepEqual([last()[0], last()[1].status], ['result', 'done']);
});

test('a result that is being deleted is not said to be missing', async () => {
  const { first, wait } = named('network');
  const removed = later();
  const { flow, names } = world({ wait, remove: () => removed.promise });
  const opened = flow.open(ID);
  await settle();
  const gone = flow.remove(ID);
  first.reject(pageError('not-found'));
  await opened;
  removed.resolve();
  await gone;
  assert.ok(!names().includes('error'));
});

test('a photo stays at hand when another result is deleted', async () => {
  const { flow, released, last } = world();
  await flow.accept(photo);
  await flow.remove('b'.repeat(32));
  assert.deepEqual(released, []);
  await flow.open(ID);
  assert.equal(last()[2].file, photo);
});

test('a face that the visitor had explained meanwhile does not count as failed', async () => {
  const background = later();
  let asked = 0;
  const createUpload = async (/** @type {any} */ _, /** @type {any} */ { face }) => {
    asked += 1;
    if (asked === 2) return background.promise;
    return { id: `face ${face}`, upload: { url: '', fields: {} }, max_bytes: 1 };
  };
  const wait = async (/** @type {any} */ _, /** @type {string} */ id) => ({ id, status: 'done', face: { index: Number(id.at(-1)) } });
  const { flow, known } = world({ createUpload, wait });
  await flow.accept(photo);
  const all = flow.allFaces([0, 1]);
  await flow.anotherFace(1);
  background.reject(pageError('server'));
  await all;
  assert.deepEqual(known.at(-1), ['0 done', '1 done']);
});
