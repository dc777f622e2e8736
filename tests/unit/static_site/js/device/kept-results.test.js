import assert from 'node:assert/strict';
import test from 'node:test';
import { createKeptResults } from '../../../../../static_site/js/device/kept-results.js';

/** The browser's cache storage, in memory. */
function storage() {
  /** @type {Map<string, Response>} */
  const stored = new Map();
  const cache = {
    keys: async () => [...stored.keys()].map((url) => ({ url })),
    match: async (/** @type {any} */ key) => stored.get(key.url ?? key)?.clone(),
    put: async (/** @type {string} */ key, /** @type {Response} */ response) => void stored.set(key, response),
    delete: async (/** @type {string} */ key) => stored.delete(key),
  };
  return { stored, caches: /** @type {any} */ ({ open: async () => cache, delete: async () => stored.clear() }) };
}

/** @param {string} id */
const result = (id) => /** @type {any} */ ({ id, artifacts: { cropped: `https://bucket/${id}` } });
const load = async (/** @type {string} */ url) => new Response(`crop of ${url}`);

test('a result is kept with its crop, and found again', async () => {
  const kept = createKeptResults(storage().caches, load);
  await kept.save(result('a'));
  const found = await kept.get('a');
  assert.equal(found?.result.id, 'a');
  assert.equal(await found?.crops.cropped.text(), 'crop of https://bucket/a');
  assert.equal(await kept.get('b'), null);
});

test('a comparison is kept with the crops of both photos', async () => {
  const { caches, stored } = storage();
  const kept = createKeptResults(caches, load);
  await kept.save({ ...result('a'), artifacts: { cropped: 'first', other_cropped: 'second', comparison: 'both' } });
  const crops = (await kept.get('a'))?.crops ?? {};
  assert.deepEqual(Object.keys(crops), ['cropped', 'other_cropped']);
  assert.equal(await crops.other_cropped.text(), 'crop of second');
  await kept.remove('a');
  assert.equal(stored.size, 0);
});

test('the newest come first, and the oldest make room', async () => {
  const { caches, stored } = storage();
  const kept = createKeptResults(caches, load);
  const clock = Date.now;
  try {
    for (let index = 0; index < 53; index += 1) {
      Date.now = () => index;
      await kept.save(result(`r${index}`));
    }
  } finally {
    Date.now = clock;
  }
  const ids = (await kept.list()).map(({ id }) => id);
  assert.deepEqual([ids.length, ids[0], ids.at(-1)], [50, 'r52', 'r3']);
  assert.equal(stored.size, 100);
});

test('what is deleted while it is being kept does not come back', async () => {
  for (const forget of ['remove', 'clear']) {
    const { caches, stored } = storage();
    let arrive = () => {};
    const crop = new Promise((/** @type {(value: void) => void} */ resolve) => (arrive = () => resolve()));
    const kept = createKeptResults(caches, (url) => crop.then(() => load(url)));
    const saved = kept.save(result('a'));
    // Nobody waits for the crop.
    await (forget === 'remove' ? kept.remove('a') : kept.clear());
    arrive();
    await saved;
    assert.equal(stored.size, 0, forget);
  }
});

test('a result whose crop cannot be loaded keeps no other one from being kept', async () => {
  const kept = createKeptResults(storage().caches, async (url) => {
    if (url.endsWith('a')) throw new TypeError('Failed to fetch');
    return load(url);
  });
  await assert.rejects(kept.save(result('a')));
  await kept.save(result('b'));
  assert.deepEqual((await kept.list()).map(({ id }) => id), ['b']);
});

test('one can be removed, and all of them forgotten', async () => {
  const { caches, stored } = storage();
  const kept = createKeptResults(caches, load);
  await kept.save(result('a'));
  await kept.save(result('b'));
  await kept.remove('a');
  assert.deepEqual((await kept.list()).map(({ id }) => id), ['b']);
  await kept.clear();
  assert.equal(stored.size, 0);
});
