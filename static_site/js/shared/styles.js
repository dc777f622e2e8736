/** Style sheets that only a part of the page needs. */

import { make } from './dom.js';
import { pageError } from './errors.js';

/**
 * Load a style sheet behind those that are there.
 *
 * @param {string} name of the file in `css`, without its ending
 * @returns {Promise<void>}
 * @throws {import('./errors.js').PageError} the connection was lost
 */
export function loadStyles(name) {
  const link = make('link', { rel: 'stylesheet', href: `css/${name}.css` });
  document.head.append(link);
  return new Promise((resolve, reject) => {
    link.addEventListener('load', () => resolve());
    link.addEventListener('error', () => {
      link.remove();
      reject(pageError('network'));
    });
  });
}
