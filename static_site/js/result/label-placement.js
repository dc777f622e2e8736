/** Where the labels of the feature boxes go: none covers another, nor another's box where that can be helped. */

/**
 * @typedef {{x: number, y: number, width: number, height: number}} Area pixels on the page
 * @typedef {{width: number, height: number}} Size pixels on the page
 */

/**
 * The spots a label can take, best first: above its box, below it, inside it. It keeps away from the
 * middle of the picture where it can, so that the labels of two eyes make room for each other.
 *
 * @param {Area} box
 * @param {Size} label
 * @param {Size} stage
 */
function spots(box, label, stage) {
  const flush = [box.x, box.x + box.width - label.width];
  const onTheLeft = box.x + box.width / 2 < stage.width / 2;
  if (onTheLeft === label.width > box.width) flush.reverse();
  const [above, below] = [box.y - label.height, box.y + box.height];
  return [above, below, box.y].flatMap((y) => flush.map((x) => ({ x, y, ...label })));
}

/**
 * @param {Area} one
 * @param {Area} other
 */
function overlap(one, other) {
  const across = one.x < other.x + other.width && other.x < one.x + one.width;
  return across && one.y < other.y + other.height && other.y < one.y + one.height;
}

/**
 * @param {Area} area
 * @param {Size} stage
 */
function inside(area, stage) {
  const low = area.x >= 0 && area.y >= 0;
  return low && area.x + area.width <= stage.width && area.y + area.height <= stage.height;
}

/**
 * @param {{box: Area, label: Size}[]} wanted most important first
 * @param {Size} stage the picture's size
 * @returns {(Area | null)[]} a place for each, null where none is free
 */
export function placeLabels(wanted, stage) {
  /** @type {Area[]} */
  const taken = [];
  return wanted.map(({ box, label }) => {
    const fits = (/** @type {Area} */ spot) => inside(spot, stage) && !taken.some((one) => overlap(one, spot));
    const clear = (/** @type {Area} */ spot) => !wanted.some((one) => one.box !== box && overlap(one.box, spot));
    const free = spots(box, label, stage).filter(fits);
    const best = free.find(clear) ?? free[0] ?? null;
    if (best) taken.push(best);
    return best;
  });
}
