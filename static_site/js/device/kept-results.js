/** Results kept in this browser, so that they can be found again and read offline. Nothing of them is uploaded. */

import { readSetting } from '../shared/settings.js';

/** @typedef {import('../shared/types.js').Result} Result */
/** @typedef {{id: string, savedAt: number, result: Result}} Entry */

const CACHE = 'brain-results';
const MOST = 50;

/** Pictures that a result needs, by role, and the ends of their names here. */
const PICTURES = { cropped: '.jpg', other_cropped: '-other.jpg' };

/** Name of the visitor's choice. */
export const KEEP = 'keep';

/** @returns {boolean} whether results are to be kept on this device */
export function keepsResults() {
  return readSetting(KEEP) !== 'no';
}

/** @param {string} name */
const address = (name) => `/kept/${name}`;

/** @param {Cache} cache */
const entries = async (cache) => (await cache.keys()).filter(({ url }) => url.endsWith('.json'));

/**
 * @param {CacheStorage} storage of the browser
 * @param {(url: string) => Promise<Response>} load
 */
export function createKeptResults(storage, load) {
  const open = () => storage.open(CACHE);
  /** What is being stored. Removing waits for it: a result that was deleted meanwhile must not come back. */
  let storing = Promise.resolve();
  /** Results that were deleted while their pictures were on their way are not stored any more. @type {Set<string>} */
  const removed = new Set();
  let cleared = 0;

  /** @param {Result} result @returns {Promise<[string, Blob][]>} its pictures with the ends of their names */
  async function loadPictures({ artifacts }) {
    const wanted = Object.entries(PICTURES).filter(([role]) => artifacts[role]);
    return Promise.all(wanted.map(async ([role, end]) => [end, await (await load(artifacts[role])).blob()]));
  }

  /** @param {Result} result @param {[string, Blob][]} pictures */
  async function store(result, pictures) {
    const cache = await open();
    for (const [end, picture] of pictures) await cache.put(address(`${result.id}${end}`), new Response(picture));
    const entry = { id: result.id, savedAt: Date.now(), result };
    await cache.put(address(`${result.id}.json`), new Response(JSON.stringify(entry)));
    if ((await entries(cache)).length > MOST) for (const { id } of (await list()).slice(MOST)) await discard(id);
  }

  async function list() {
    const cache = await open();
    const requests = await entries(cache);
    /** @type {Entry[]} */
    const found = await Promise.all(requests.map(async (request) => (await cache.match(request))?.json()));
    return found.filter(Boolean).sort((a, b) => b.savedAt - a.savedAt);
  }

  /** @param {string} id */
  async function discard(id) {
    const cache = await open();
    await Promise.all(['.json', ...Object.values(PICTURES)].map((end) => cache.delete(address(`${id}${end}`))));
  }

  return {
    /** @returns {Promise<boolean>} whether nothing has been kept here */
    async isEmpty() {
      return !(await storage.has(CACHE));
    },
    /** @returns {Promise<Entry[]>} the newest first */
    list,
    /**
     * Keep a finished result with its pictures; the oldest make room.
     *
     * @param {Result} result
     */
    async save(result) {
      const before = cleared;
      const pictures = await loadPictures(result);
      const stored = storing.then(async () => {
        if (keepsResults() && before === cleared && !removed.has(result.id)) await store(result, pictures);
      });
      storing = stored.catch(() => undefined);
      await stored;
    },
    /**
     * @param {string} id
     * @returns {Promise<{result: Result, crops: Record<string, Blob>} | null>} crops by role; null where it is not kept
     */
    async get(id) {
      const cache = await open();
      const entry = await cache.match(address(`${id}.json`));
      if (!entry) return null;
      /** @type {Record<string, Blob>} */
      const crops = {};
      for (const [role, end] of Object.entries(PICTURES)) {
        const crop = await cache.match(address(`${id}${end}`));
        if (crop) crops[role] = await crop.blob();
      }
      return { result: (await entry.json()).result, crops };
    },
    /** @param {string} id @returns {Promise<Blob | undefined>} the crop of its face */
    async crop(id) {
      const crop = await (await open()).match(address(`${id}${PICTURES.cropped}`));
      return crop?.blob();
    },
    /** @param {string} id */
    async remove(id) {
      removed.add(id);
      await storing;
      await discard(id);
    },
    /** Forget all of them. */
    async clear() {
      cleared += 1;
      await storing;
      await storage.delete(CACHE);
    },
  };
}
