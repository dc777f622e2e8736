/** What every view does with the document. */

/**
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type the class that the element must have
 * @returns {T}
 * @throws {Error} index.html has no such element
 */
export function find(root, selector, type) {
  const found = root.querySelector(selector);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${type.name} ${selector}`);
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | boolean | number>} [attributes] false omits one, true writes it empty
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

/**
 * A horizontal bar.
 *
 * @param {number} share filled, 0 to 1
 */
export function makeBar(share) {
  const fill = make('span', { class: 'fill' });
  fill.style.width = `${share * 100}%`;
  return make('span', { class: 'bar', 'aria-hidden': 'true' }, fill);
}

/**
 * @param {HTMLElement} element hidden where there is nothing to say
 * @param {string} text
 */
export function write(element, text) {
  element.textContent = text;
  element.hidden = !text;
}

/**
 * Show a picture.
 *
 * @param {HTMLImageElement} image
 * @param {string} url
 * @param {boolean} [same] whether it is the picture that is shown, at another address: another one does not stay
 *   until the new one arrives
 */
export function showImage(image, url, same = false) {
  if (image.getAttribute('src') === url) return;
  if (same) {
    image.src = url;
    return;
  }
  image.removeAttribute('src');
  // Browsers let go of the old picture in a microtask, unless a new one is named before.
  queueMicrotask(() => (image.src = url));
}

/**
 * @param {HTMLImageElement} image square
 * @returns {number} width and height of its picture, pixels; 0 while that is on its way
 */
export function sideOf(image) {
  return image.hasAttribute('src') ? image.naturalWidth : 0;
}

/**
 * Place an element over a square picture, in percent of its side.
 *
 * @param {HTMLElement} element
 * @param {import('./types.js').Box} box in pixels of the picture
 * @param {number} side of the picture, pixels
 */
export function placeBox(element, box, side) {
  const share = (/** @type {number} */ value) => `${(value / side) * 100}%`;
  element.style.left = share(box.x);
  element.style.top = share(box.y);
  element.style.width = share(box.width);
  element.style.height = share(box.height);
}
