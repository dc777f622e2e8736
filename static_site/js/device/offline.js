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
  await inControl;
  active?.postMessage([new URL('./', location.href).href]);
  // Requests from before it took control are reported as they arrive. It sees all others itself.
  new PerformanceObserver((list) => {
    const arrived = /** @type {PerformanceResourceTiming[]} */ (list.getEntries());
    const unseen = arrived.filter(({ workerStart }) => !workerStart).map(({ name }) => name);
    if (unseen.length) active?.postMessage(unseen);
  }).observe({ type: 'resource', buffered: true });
}
