/**
 * Service worker: keeps the page's own files, so that it opens without a network. The network comes first, so that
 * nobody sees an old page; the API and everything from another origin are left alone.
 */

const CACHE = 'brain-page';
const REFERENCES = /(?:src|href|from|import)\s*(?:=|\()?\s*['"]([^'":#]+\.(?:css|js|svg|webmanifest|png))['"]/g;

/**
 * Keep a file and, for pages and scripts, everything that they name.
 *
 * @param {Cache} cache
 * @param {URL} url
 * @param {Set<string>} seen
 */
async function keep(cache, url, seen) {
  if (seen.has(url.href)) return;
  seen.add(url.href);
  const response = await fetch(url, { cache: 'no-cache' });
  if (!response.ok) return;
  await cache.put(url, response.clone());
  if (!/html|javascript/.test(response.headers.get('Content-Type') ?? '')) return;
  const names = [...(await response.text()).matchAll(REFERENCES)].map(([, name]) => name);
  await Promise.all(names.map((name) => keep(cache, new URL(name, url), seen)));
}

/** @param {Request} request */
async function answer(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener('install', (event) => {
  const page = new URL('./', self.location.href);
  event.waitUntil(caches.open(CACHE).then((cache) => keep(cache, page, new Set())));
  self.skipWaiting();
});

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { origin, pathname } = new URL(event.request.url);
  const own = origin === self.location.origin && !pathname.startsWith('/api/');
  if (own && event.request.method === 'GET') event.respondWith(answer(event.request));
});
