/** Opening the page without a network, with the help of the service worker. */

/** Register the service worker; the first time, tell it what has been loaded without it. */
export async function prepareForOffline() {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const first = !serviceWorker.controller;
  const inControl = new Promise((resolve) => serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
  await serviceWorker.register('sw.js');
  const { active } = await serviceWorker.ready;
  if (!first) return;
  // From then on, the service worker sees every request itself.
  await inControl;
  const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
  active?.postMessage([...new Set([new URL('./', location.href).href, ...loaded])]);
}
