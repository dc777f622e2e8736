/**
 * Service worker: keeps the files that the page has loaded, so that it opens without a network. The network comes
 * first, so that nobody sees an old page; the API and other origins are left alone.
 */

const CACHE = 'brain-page';

/** @param {string} url */
function isOwn(url) {
  const { origin, pathname, protocol } = new URL(url);
  return origin === self.location.origin && protocol !== 'blob:' && !pathname.startsWith('/api/');
}

/** @param {Request} request */
async function answer(request) {
  try {
    const response = await fetch(request);
    // Without room for a copy, on a full disk for instance, the page opens all the same.
    if (response.ok) await keep(request, response.clone()).catch(() => undefined);
    return response;
  } catch (error) {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}

/**
 * @param {Request} request
 * @param {Response} response
 */
async function keep(request, response) {
  await (await caches.open(CACHE)).put(request, response);
}

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  if (event.request.method === 'GET' && isOwn(event.request.url)) event.respondWith(answer(event.request));
});

// The first visit loads the page before there is a service worker, and tells it afterwards what it has loaded.
self.addEventListener('message', (event) => {
  const keepAll = async () => {
    const cache = await caches.open(CACHE);
    // One by one: a file that is missing, such as the list of samples, must not keep the others away.
    await Promise.allSettled(event.data.filter(isOwn).map((/** @type {string} */ url) => cache.add(url)));
  };
  event.waitUntil(keepAll());
});
