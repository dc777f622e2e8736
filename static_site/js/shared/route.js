/**
 * The page's address. The id is in the fragment, which never leaves the browser: no log and no referrer sees it.
 * `?id=` is understood as well.
 */

const ID = /^[0-9a-f]{32}$/;
const SAMPLE = /^#sample-([a-z-]+)$/;

/** The fragment of the view in which two photos are chosen. */
export const COMPARE = '#compare';

/**
 * @param {{hash: string, search: string}} place such as window.location
 * @returns {string | null} null when the address names no result
 */
export function idOf(place) {
  const id = place.hash.slice(1) || (new URLSearchParams(place.search).get('id') ?? '');
  return ID.test(id) ? id : null;
}

/**
 * @param {{hash: string}} place
 * @returns {string | null} the slug of the sample photo that the address names
 */
export function sampleOf(place) {
  return SAMPLE.exec(place.hash)?.[1] ?? null;
}

/**
 * Whether the address names a result, well-formed or not.
 *
 * @param {{hash: string, search: string}} place
 */
export function namesResult(place) {
  return place.hash.length > 1 || new URLSearchParams(place.search).has('id');
}

/**
 * @param {{origin: string, pathname: string}} place
 * @param {string} fragment an id, or the name of a sample
 */
export function linkTo(place, fragment) {
  return `${place.origin}${place.pathname}#${fragment}`;
}
