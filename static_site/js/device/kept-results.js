/** Results kept in this browser, so that they can be found again and read offline. Nothing of them is uploaded. */

/** @typedef {import('../shared/types.js').Result} Result */
/** @typedef {{id: string, savedAt: number, result: Result}} Entry */

const CACHE = 'brain-results';
const MOST = 50;

/** @param {string} name */
const address = (name) => `/kept/${name}`;

/**
 * @param {CacheStorage} storage of the browser
 * @param {(url: string) => Promise<Response>} load
 */
export function createKeptResults(storage, load) {
  const open = () => storage.open(CACHE);

  return {
    /** @returns {Promise<Entry[]>} the newest first */
    async list() {
      const cache = await open();
      const requests = (await cache.keys()).filter(({ url }) => url.endsWith('.json'));
      const entries = await Promise.all(requests.map(async (request) => (await cache.match(request))?.json()));
      return entries.filter(Boolean).sort((a, b) => b.savedAt - a.savedAt);
    },
    /**
     * Keep a finished result with its crop; the oldest make room.
     *
     * @param {Result} result
     */
    async save(result) {
      const cache = await open();
      const crop = await load(result.artifacts.cropped);
      await cache.put(address(`${result.id}.jpg`), new Response(await crop.blob()));
      const entry = { id: result.id, savedAt: Date.now(), result };
      await cache.put(address(`${result.id}.json`), new Response(JSON.stringify(entry)));
      for (const { id } of (await this.list()).slice(MOST)) await this.remove(id);
    },
    /**
     * @param {string} id
     * @returns {Promise<{result: Result, crop: Blob} | null>} null where it is not kept
     */
    async get(id) {
      const cache = await open();
      const [entry, crop] = await Promise.all([cache.match(address(`${id}.json`)), cache.match(address(`${id}.jpg`))]);
      return entry && crop ? { result: (await entry.json()).result, crop: await crop.blob() } : null;
    },
    /** @param {string} id */
    async remove(id) {
      const cache = await open();
      await Promise.all([cache.delete(address(`${id}.json`)), cache.delete(address(`${id}.jpg`))]);
    },
    /** Forget all of them. */
    async clear() {
      await storage.delete(CACHE);
    },
  };
}
